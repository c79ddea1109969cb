import { Type } from 'typebox';
import { CloudEventSchema, WebhookBodySchema } from '../../core/ingest/fromSepMobileEvent.ts';
import { TelemetryReportSchema } from '../../core/ingest/fromTelemetry.ts';
import { IngestAnswerSchema } from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';

const TAG = 'SEP Mobile';
const MAX_ITEMS = 1000;

const SIGNATURE: readonly Parameter[] = [
  {
    name: 'webhook-id',
    in: 'header',
    description: 'Names the delivery; the same in each repeat of it',
    schema: Type.String(),
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    description: 'Seconds since 1970; at most 5 minutes from now',
    schema: Type.String(),
  },
];

/** What the SEP Mobile cloud does. */
export const PARTNER_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/webhooks/sep-mobile',
    operationId: 'receivePartnerWebhook',
    tag: TAG,
    summary: 'Take events of SEP Mobile, signed by Standard Webhooks; kept once this is answered',
    access: 'signature',
    parameters: SIGNATURE,
    request: {
      contentTypes: [
        'application/cloudevents-batch+json',
        'application/cloudevents+json',
        'application/json',
      ],
      schema: Type.Union([
        CloudEventSchema,
        WebhookBodySchema,
        Type.Array(Type.Union([CloudEventSchema, WebhookBodySchema]), { maxItems: MAX_ITEMS }),
      ]),
      example: [
        {
          specversion: '1.0',
          id: 'event-1',
          source: 'https://sep-mobile.example/tenants/contoso',
          type: 'sepmobile.incident.opened',
          time: '2026-01-31T12:00:00Z',
          data: {
            deviceId: 'example-phone',
            incidentId: 'incident-1',
            category: 'application',
            threatType: 'malware',
            severity: 'high',
            detectedDateTime: '2026-01-31T11:59:00Z',
          },
        },
      ],
    },
    status: 202,
    answer: IngestAnswerSchema,
    errors: [413, 415],
  },
  {
    method: 'options',
    path: '/webhooks/sep-mobile',
    operationId: 'consentToPartnerWebhook',
    tag: TAG,
    summary: 'Consent to deliveries (CloudEvents Web Hooks, section 4)',
    access: 'nobody',
    parameters: [
      {
        name: 'WebHook-Request-Origin',
        in: 'header',
        description: 'Who wants to deliver',
        schema: Type.String(),
        example: 'sep-mobile.example',
      },
    ],
    status: 200,
  },
  {
    method: 'post',
    path: '/telemetry',
    operationId: 'ingestTelemetry',
    tag: TAG,
    summary: 'Take reports on the four defences of devices; kept once this is answered',
    access: ['Telemetry.Write'],
    orSignature: true,
    parameters: SIGNATURE,
    request: {
      contentTypes: ['application/json'],
      schema: Type.Union([
        TelemetryReportSchema,
        Type.Array(TelemetryReportSchema, { maxItems: MAX_ITEMS }),
      ]),
      example: {
        deviceId: 'example-phone',
        observedDateTime: '2026-01-31T12:00:00Z',
        physical: { passcodeEnabled: true, storageEncrypted: true, jailbrokenOrRooted: false },
        network: { connected: true, security: 'wpa3', tlsInterception: 'none' },
        vulnerability: { securityPatchLevel: '2026-01-05', updateAvailable: false },
      },
    },
    status: 202,
    answer: IngestAnswerSchema,
    errors: [413, 415],
  },
];

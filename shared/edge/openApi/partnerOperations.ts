import { Type } from 'typebox';
import { CloudEventSchema, WebhookBodySchema } from '../../core/ingest/eventSchemas.ts';
import { TelemetryReportSchema } from '../../core/ingest/fromTelemetry.ts';
import { IngestAnswerSchema } from './answerSchemas.ts';
import type { Operation, Parameter } from './operation.ts';
import { jsonBody } from './operationParts.ts';

const TAG = 'SEP Mobile';
const MAX_ITEMS = 1000;

const SIGNATURE: readonly Parameter[] = [
  {
    name: 'webhook-id',
    in: 'header',
    description: 'The id of the delivery; a repeated delivery has the same id',
    schema: Type.String(),
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    description: 'Seconds since 1970, at most 5 minutes before or after now',
    schema: Type.String(),
  },
];

/** Requests from the SEP Mobile cloud. */
export const PARTNER_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/webhooks/sep-mobile',
    operationId: 'receivePartnerWebhook',
    tag: TAG,
    summary:
      'Accept events of SEP Mobile, signed by Standard Webhooks; 202 once the accepted events are queued',
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
    access: 'anonymous',
    parameters: [
      {
        name: 'WebHook-Request-Origin',
        in: 'header',
        description: 'The origin that wants to deliver',
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
    summary:
      'Accept reports on the four defences of devices; 202 once the accepted reports are queued',
    access: ['Telemetry.Write'],
    orSignature: true,
    parameters: SIGNATURE,
    request: jsonBody(
      Type.Union([
        TelemetryReportSchema,
        Type.Array(TelemetryReportSchema, { maxItems: MAX_ITEMS }),
      ]),
      {
        deviceId: 'example-phone',
        observedDateTime: '2026-01-31T12:00:00Z',
        physical: { passcodeEnabled: true, storageEncrypted: true, jailbrokenOrRooted: false },
        network: { connected: true, security: 'wpa3', tlsInterception: 'none' },
        vulnerability: { securityPatchLevel: '2026-01-05', updateAvailable: false },
      },
    ),
    status: 202,
    answer: IngestAnswerSchema,
    errors: [413, 415],
  },
];

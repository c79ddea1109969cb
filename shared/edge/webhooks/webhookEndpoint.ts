import { Type, type Static } from 'typebox';
import type { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';

/** The events that an endpoint can subscribe to. `mtd.test` is sent only on an operator's request. */
export const WEBHOOK_EVENT_TYPES = ['mtd.device.changed', 'mtd.device.notice'] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number] | 'mtd.test';

const SigningKey = { generation: Type.Integer({ minimum: 1 }), keyId: Type.String() };

const fields = {
  url: Type.String({ minLength: 1, maxLength: 2000 }),
  displayName: Type.String({ minLength: 1, maxLength: 200 }),
  eventTypes: Type.Array(Type.Enum(WEBHOOK_EVENT_TYPES), { minItems: 1, maxItems: 10 }),
  status: Type.Enum(['enabled', 'disabled']),
};

/** An endpoint as it is stored: without its secret, only with the names of the keys that the secret is derived from. */
export const WebhookEndpointSchema = Type.Object({
  id: IdSchema,
  kind: Type.Literal('webhookEndpoint'),
  ...fields,
  disabledReason: Type.Optional(Type.Enum(['operator', 'gone'])),
  createdDateTime: DateTimeSchema,
  lastModifiedDateTime: DateTimeSchema,
  ...SigningKey,
  /** When it was last enabled again. */
  resumedDateTime: Type.Optional(DateTimeSchema),
  /** The earlier keys, newest first, which sign too while the receiver may not have the new secret yet. */
  previous: Type.Array(Type.Object({ ...SigningKey, validUntilDateTime: DateTimeSchema })),
});
export type WebhookEndpoint = Static<typeof WebhookEndpointSchema>;

/** An operator's request to create an endpoint. */
export const WebhookEndpointInputSchema = Type.Object(
  {
    url: fields.url,
    displayName: Type.Optional(fields.displayName),
    eventTypes: Type.Optional(fields.eventTypes),
  },
  { additionalProperties: false },
);

/** An operator's request to change an endpoint. */
export const WebhookEndpointPatchSchema = Type.Object(
  {
    url: Type.Optional(fields.url),
    displayName: Type.Optional(fields.displayName),
    eventTypes: Type.Optional(fields.eventTypes),
    status: Type.Optional(fields.status),
  },
  { additionalProperties: false },
);

/** An endpoint as operators see it. The secret is shown only in the reply that creates it. */
export const WebhookEndpointAnswerSchema = Type.Object({
  '@odata.etag': Type.String(),
  id: Type.String(),
  ...fields,
  disabledReason: Type.Optional(Type.String()),
  createdDateTime: DateTimeSchema,
  lastModifiedDateTime: DateTimeSchema,
  secret: Type.Optional(Type.String()),
});
export type WebhookEndpointAnswer = Static<typeof WebhookEndpointAnswerSchema>;

export const INVALID_ENDPOINT = 'the webhook endpoint is not valid';

/** The error for an invalid URL. */
export function invalidEndpointUrl(message: string): ConnectorError {
  return invalidRequest(INVALID_ENDPOINT, { path: '/url', message });
}

import { Type, type Static } from 'typebox';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';

/** What an endpoint can be told; `mtd.test` is told when an operator asks for it. */
export const WEBHOOK_EVENT_TYPES = ['mtd.device.changed', 'mtd.device.notice'] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number] | 'mtd.test';

const SigningKey = { generation: Type.Integer({ minimum: 1 }), keyId: Type.String() };

const said = {
  url: Type.String({ minLength: 1, maxLength: 2000 }),
  displayName: Type.String({ minLength: 1, maxLength: 200 }),
  eventTypes: Type.Array(Type.Enum(WEBHOOK_EVENT_TYPES), { minItems: 1, maxItems: 10 }),
  status: Type.Enum(['enabled', 'disabled']),
};

/** An endpoint as it is stored: no secret stands in it, only from what its secret is made. */
export const WebhookEndpointSchema = Type.Object({
  id: IdSchema,
  kind: Type.Literal('webhookEndpoint'),
  ...said,
  disabledReason: Type.Optional(Type.Enum(['operator', 'gone'])),
  createdDateTime: DateTimeSchema,
  lastModifiedDateTime: DateTimeSchema,
  ...SigningKey,
  /** When it was last no longer disabled. */
  resumedDateTime: Type.Optional(DateTimeSchema),
  /** What it was signed with before, latest first, as long as the receiver may not have the new secret. */
  previous: Type.Array(Type.Object({ ...SigningKey, validUntilDateTime: DateTimeSchema })),
});
export type WebhookEndpoint = Static<typeof WebhookEndpointSchema>;

/** What an operator writes to make one. */
export const WebhookEndpointInputSchema = Type.Object(
  {
    url: said.url,
    displayName: Type.Optional(said.displayName),
    eventTypes: Type.Optional(said.eventTypes),
  },
  { additionalProperties: false },
);

/** What an operator writes to change one. */
export const WebhookEndpointPatchSchema = Type.Object(
  {
    url: Type.Optional(said.url),
    displayName: Type.Optional(said.displayName),
    eventTypes: Type.Optional(said.eventTypes),
    status: Type.Optional(said.status),
  },
  { additionalProperties: false },
);

/** What an operator sees; the secret when it is made, and never again. */
export const WebhookEndpointAnswerSchema = Type.Object({
  '@odata.etag': Type.String(),
  id: Type.String(),
  ...said,
  disabledReason: Type.Optional(Type.String()),
  createdDateTime: DateTimeSchema,
  lastModifiedDateTime: DateTimeSchema,
  secret: Type.Optional(Type.String()),
});

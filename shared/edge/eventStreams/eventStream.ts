import { Type, type Static } from 'typebox';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';

export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
export const COMPLIANCE_CHANGE = `${CAEP}device-compliance-change`;
export const RISK_LEVEL_CHANGE = `${CAEP}risk-level-change`;
export const OKTA_RISK_CHANGE =
  'https://schemas.okta.com/secevent/okta/event-type/device-risk-change';

/** A receiver is reminded by these two whatever it has asked for (SSF 1.0 sections 8.1.4 and 8.1.5). */
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';
export const VERIFICATION = `${SSF}verification`;
export const STREAM_UPDATED = `${SSF}stream-updated`;

export const STREAM_STATUSES = ['enabled', 'paused', 'disabled'] as const;
const MAX_TEXT_LENGTH = 1000;
const MAX_URL_LENGTH = 2000;
const MAX_EVENT_TYPES = 50;

const Text = Type.String({ maxLength: MAX_TEXT_LENGTH });

/** Where the tokens go; a header is shown to nobody again. */
export const DeliverySchema = Type.Union([
  Type.Object({
    method: Type.Literal(PUSH),
    endpoint_url: Type.String({ minLength: 1, maxLength: MAX_URL_LENGTH }),
    authorization_header: Type.Optional(
      Type.String({ pattern: '^[!-~](?:[ -~]*[!-~])?$', maxLength: MAX_URL_LENGTH }),
    ),
  }),
  Type.Object({ method: Type.Literal(POLL) }),
]);

export const EventTypesSchema = Type.Array(Text, { maxItems: MAX_EVENT_TYPES });
/** Ours: whose words are spoken. */
export const DialectSchema = Type.Literal('okta');

/** One receiver's stream, as it is stored. */
export const EventStreamSchema = Type.Object({
  id: IdSchema,
  kind: Type.Literal('eventStream'),
  /** The application that made it. */
  ownerId: Text,
  aud: Text,
  dialect: Type.Optional(DialectSchema),
  description: Type.Optional(Text),
  events_requested: EventTypesSchema,
  delivery: DeliverySchema,
  status: Type.Enum(STREAM_STATUSES),
  reason: Type.Optional(Text),
  /** Somebody else than its receiver has stopped it, and alone lets it go on. */
  isStoppedByOperator: Type.Optional(Type.Literal(true)),
  createdDateTime: DateTimeSchema,
  /** When it was last no longer paused. */
  resumedDateTime: Type.Optional(DateTimeSchema),
  verifiedDateTime: Type.Optional(DateTimeSchema),
  /** Somebody was taken out of it: only then is it asked who. */
  hasRemovedSubjects: Type.Optional(Type.Literal(true)),
});
export type EventStream = Static<typeof EventStreamSchema>;

/** What can be asked for. Okta has a word of its own for the risk of a device. */
export function supportedEvents({ dialect }: Pick<EventStream, 'dialect'>): readonly string[] {
  return [COMPLIANCE_CHANGE, dialect === 'okta' ? OKTA_RISK_CHANGE : RISK_LEVEL_CHANGE];
}

/** What was asked for and can be had. */
export function deliveredEvents(stream: EventStream): readonly string[] {
  return supportedEvents(stream).filter((type) => stream.events_requested.includes(type));
}

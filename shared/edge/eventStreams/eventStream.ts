import { Type, type Static } from 'typebox';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import { DateTimeSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';
import { StoredDeliverySchema } from './streamDelivery.ts';

export const STREAM_STATUSES = ['enabled', 'paused', 'disabled'] as const;

const MAX_TEXT_LENGTH = 1000;
const MAX_EVENT_TYPES = 50;

const Text = Type.String({ maxLength: MAX_TEXT_LENGTH });

export const EventTypesSchema = Type.Array(Text, { maxItems: MAX_EVENT_TYPES });
/** Our extension: which receiver's event vocabulary to use. */
export const DialectSchema = Type.Literal('okta');

/** One receiver's stream, as it is stored. */
export const EventStreamSchema = Type.Object({
  id: IdSchema,
  kind: Type.Literal('eventStream'),
  /** The application that created it. */
  ownerId: Text,
  aud: Text,
  dialect: Type.Optional(DialectSchema),
  description: Type.Optional(Text),
  events_requested: EventTypesSchema,
  delivery: StoredDeliverySchema,
  status: Type.Enum(STREAM_STATUSES),
  reason: Type.Optional(Text),
  /** An operator has stopped it, so only an operator can enable it again. */
  isStoppedByOperator: Type.Optional(Type.Literal(true)),
  createdDateTime: DateTimeSchema,
  /** When it was last enabled again. */
  resumedDateTime: Type.Optional(DateTimeSchema),
  verifiedDateTime: Type.Optional(DateTimeSchema),
  /** The receiver has removed a subject, so each delivery must look up the removed subjects. */
  hasRemovedSubjects: Type.Optional(Type.Literal(true)),
});
export type EventStream = Static<typeof EventStreamSchema>;

/** The stream in a stored document. Streams are checked when they are written. */
export function toStream({ document }: VersionedDocument): EventStream {
  return document as unknown as EventStream;
}

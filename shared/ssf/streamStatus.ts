import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../connectorError.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { checkShape } from '../ingest/checkShape.ts';
import { STREAM_STATUSES, type EventStream } from './eventStream.ts';

/** SSF 1.0 section 8.1.2. */
export const StreamStatusSchema = Type.Object({
  stream_id: Type.String({ minLength: 1, maxLength: 100 }),
  status: Type.Enum(STREAM_STATUSES),
  reason: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type StreamStatus = Static<typeof StreamStatusSchema>;
const Shape = Compile(StreamStatusSchema);

/** @throws ConnectorError `invalidRequest` naming each field. */
export function fromStatusBody(body: unknown): StreamStatus {
  const checked = checkShape(Shape, structuredClone(body));
  if (checked.ok) return checked.value;
  throw new ConnectorError('invalidRequest', 'the status is not valid', {
    details: checked.problems,
  });
}

export function toStatusAnswer({ id, status, reason }: EventStream): StreamStatus {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}

/** The stream with its new status; what was kept for it is looked for from the moment at which it goes on. */
export function withStatus(
  stream: EventStream,
  { status, reason }: StreamStatus,
  now: DateTime,
): EventStream {
  const { reason: _, ...kept } = stream;
  const isResumed = stream.status !== 'enabled' && status === 'enabled';
  return {
    ...kept,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(isResumed ? { resumedDateTime: now } : {}),
  };
}

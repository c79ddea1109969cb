import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { STREAM_STATUSES, type EventStream } from './eventStream.ts';
import type { StreamCaller } from './requireReceiver.ts';

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
  const checked = checkShape(Shape, body);
  if (checked.ok) return checked.value;
  throw new ConnectorError('invalidRequest', 'the status is not valid', {
    details: checked.problems,
  });
}

export function toStatusAnswer({ id, status, reason }: EventStream): StreamStatus {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}

/**
 * The stream with its new status; what was kept for it is looked for from the moment at which it goes on.
 * @throws ConnectorError `accessDenied` where an operator has stopped it, and its receiver wants something else.
 */
export function withStatus(
  stream: EventStream,
  { status, reason }: StreamStatus,
  { ownerId }: Pick<StreamCaller, 'ownerId'>,
  now: DateTime,
): EventStream {
  const { reason: _, isStoppedByOperator, ...kept } = stream;
  const isOwner = ownerId === stream.ownerId;
  if (isOwner && isStoppedByOperator === true)
    throw new ConnectorError(
      'accessDenied',
      `an operator has set the stream to \`${stream.status}\`, and has to change that`,
    );
  const isResumed = stream.status !== 'enabled' && status === 'enabled';
  return {
    ...kept,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(isOwner || status === 'enabled' ? {} : { isStoppedByOperator: true }),
    ...(isResumed ? { resumedDateTime: now } : {}),
  };
}

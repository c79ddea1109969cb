import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import { STREAM_STATUSES, type EventStream } from './eventStream.ts';
import type { StreamCaller } from './requireReceiver.ts';

/** The status of a stream (SSF 1.0 section 8.1.2). */
export const StreamStatusSchema = Type.Object({
  stream_id: Type.String({ minLength: 1, maxLength: 100 }),
  status: Type.Enum(STREAM_STATUSES),
  reason: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type StreamStatus = Static<typeof StreamStatusSchema>;
const Shape = Compile(StreamStatusSchema);

/** The status in a body. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromStatusBody(body: unknown): StreamStatus {
  return requireShape(Shape, body, 'the status is not valid');
}

export function toStatusAnswer({ id, status, reason }: EventStream): StreamStatus {
  return { stream_id: id, status, ...defined({ reason }) };
}

/**
 * The stream with its new status. A stream that is enabled again gets `resumedDateTime`, so the publications that wait
 * for it become due.
 * @throws ConnectorError `accessDenied` if an operator has stopped the stream and its receiver wants to change that.
 */
export function withStatus(
  stream: EventStream,
  { status, reason }: StreamStatus,
  { ownerId }: Pick<StreamCaller, 'ownerId'>,
  now: DateTime,
): EventStream {
  const { reason: _, isStoppedByOperator, ...rest } = stream;
  const isOwner = ownerId === stream.ownerId;
  if (isOwner && isStoppedByOperator === true)
    throw new ConnectorError(
      'accessDenied',
      `an operator has set the stream to \`${stream.status}\`; only an operator can change that`,
    );
  const isResumed = stream.status !== 'enabled' && status === 'enabled';
  return {
    ...rest,
    status,
    ...defined({ reason }),
    ...(isOwner || status === 'enabled' ? {} : { isStoppedByOperator: true }),
    ...(isResumed ? { resumedDateTime: now } : {}),
  };
}

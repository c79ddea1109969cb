import type { BlockList } from 'node:net';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError, type Problem } from '../../base/connectorError.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { isReachableUrl } from '../../base/network/isReachableUrl.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import {
  deliveredEvents,
  DeliverySchema,
  DialectSchema,
  EventTypesSchema,
  POLL,
  PUSH,
  supportedEvents,
  type EventStream,
} from './eventStream.ts';
import type { StreamCaller } from './requireReceiver.ts';

export const MIN_VERIFICATION_INTERVAL_IN_SECONDS = 10;

const writable = {
  delivery: Type.Optional(DeliverySchema),
  events_requested: Type.Optional(EventTypesSchema),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  aud: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  dialect: Type.Optional(DialectSchema),
};

/** What a receiver writes; what the transmitter supplies may stand beside it, as it is. */
export const StreamInputSchema = Type.Object(writable);
export type StreamInput = Static<typeof StreamInputSchema>;
const StreamInputShape = Compile(StreamInputSchema);

/** A stream as its receiver sees it (SSF 1.0 section 8.1.1). */
export const StreamAnswerSchema = Type.Object({
  stream_id: Type.String(),
  iss: Type.String(),
  aud: Type.String(),
  events_supported: Type.Array(Type.String()),
  events_requested: Type.Array(Type.String()),
  events_delivered: Type.Array(Type.String()),
  delivery: Type.Object({ method: Type.String(), endpoint_url: Type.String() }),
  min_verification_interval: Type.Integer(),
  description: Type.Optional(Type.String()),
  dialect: Type.Optional(Type.String()),
});
export type StreamAnswer = Static<typeof StreamAnswerSchema>;

/** @throws ConnectorError `invalidRequest` naming each field, `accessDenied` for what only an operator says. */
export function fromStreamBody(
  body: unknown,
  { isOperator }: StreamCaller,
  allowed: BlockList,
): StreamInput {
  const checked = checkShape(StreamInputShape, body);
  if (!checked.ok) throw invalidStream(checked.problems);
  const input = checked.value;
  const url = input.delivery?.method === PUSH ? input.delivery.endpoint_url : undefined;
  if (url !== undefined && !isReachableUrl(url, allowed))
    throw invalidStream([
      {
        path: '/delivery/endpoint_url',
        message: 'must be an https URL in the open internet, without a user',
      },
    ]);
  // Whoever names another as the audience has tokens made for that other.
  if (!isOperator && input.dialect !== undefined)
    throw new ConnectorError('accessDenied', 'only an operator sets `dialect` and `aud`');
  return input;
}

/** What the transmitter supplies has to be what it is, where a receiver repeats it (SSF 1.0 section 8.1.1.3). */
export function requireUnchanged(body: Readonly<Record<string, unknown>>, known: object): void {
  const problems = Object.entries(known)
    .filter(([name, value]) => name in body && !isSame(body[name], value))
    .map(([name]) => ({ path: `/${name}`, message: 'is the transmitter’s to say' }));
  if (problems.length > 0) throw invalidStream(problems);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function invalidStream(details: readonly Problem[]): ConnectorError {
  return new ConnectorError('invalidRequest', 'the stream is not valid', { details });
}

/** What the receiver does not write. */
export function suppliedPart(stream: EventStream, ssf: SsfConfig): Partial<StreamAnswer> {
  return {
    iss: ssf.issuer,
    aud: stream.aud,
    events_supported: [...supportedEvents(stream)],
    events_delivered: [...deliveredEvents(stream)],
    min_verification_interval: MIN_VERIFICATION_INTERVAL_IN_SECONDS,
  };
}

/** The stream without the header that it is pushed with: that was told once. */
export function toStreamAnswer(stream: EventStream, ssf: SsfConfig): StreamAnswer {
  return {
    stream_id: stream.id,
    iss: ssf.issuer,
    aud: stream.aud,
    events_supported: [...supportedEvents(stream)],
    events_requested: [...stream.events_requested],
    events_delivered: [...deliveredEvents(stream)],
    delivery:
      stream.delivery.method === PUSH
        ? { method: PUSH, endpoint_url: stream.delivery.endpoint_url }
        : { method: POLL, endpoint_url: `${ssf.issuer}/api/ssf/poll/${stream.id}` },
    min_verification_interval: MIN_VERIFICATION_INTERVAL_IN_SECONDS,
    ...(stream.description === undefined ? {} : { description: stream.description }),
    ...(stream.dialect === undefined ? {} : { dialect: stream.dialect }),
  };
}

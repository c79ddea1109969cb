import type { BlockList } from 'node:net';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { isReachableUrl, REACHABLE_URL_IN_WORDS } from '../../base/network/isReachableUrl.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import { DialectSchema, EventTypesSchema, type EventStream } from './eventStream.ts';
import { deliveredEvents, supportedEvents } from './eventTypes.ts';
import type { StreamCaller } from './requireReceiver.ts';
import { DeliverySchema, POLL, PUSH, withDeliveryMethod } from './streamDelivery.ts';

export const MIN_VERIFICATION_INTERVAL_IN_SECONDS = 10;

const writable = {
  delivery: Type.Optional(DeliverySchema),
  events_requested: Type.Optional(EventTypesSchema),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  aud: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  dialect: Type.Optional(DialectSchema),
};

/** The fields that a receiver may write. The body may also repeat the fields that the transmitter supplies. */
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
type SuppliedPart = Pick<
  StreamAnswer,
  'iss' | 'aud' | 'events_supported' | 'events_delivered' | 'min_verification_interval'
>;

const INVALID_STREAM = 'the stream is not valid';

/**
 * The fields that a body writes.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong, `accessDenied` for fields of operators.
 */
export function fromStreamBody(
  body: unknown,
  { isOperator }: StreamCaller,
  allowed: BlockList,
): StreamInput {
  const input = requireShape(StreamInputShape, withDeliveryMethod(body), INVALID_STREAM);
  const url = input.delivery?.method === PUSH ? input.delivery.endpoint_url : undefined;
  if (url !== undefined && !isReachableUrl(url, allowed))
    throw invalidRequest(INVALID_STREAM, {
      path: '/delivery/endpoint_url',
      message: REACHABLE_URL_IN_WORDS,
    });
  if (!isOperator && input.dialect !== undefined)
    throw new ConnectorError('accessDenied', 'only an operator may set `dialect` and `aud`');
  return input;
}

/**
 * Checks the fields that the transmitter supplies: a receiver may repeat them, but not change them (SSF 1.0 section
 * 8.1.1.3).
 * @throws ConnectorError `invalidRequest`.
 */
export function requireUnchanged(body: Readonly<Record<string, unknown>>, known: object): void {
  const problems = Object.entries(known)
    .filter(([name, value]) => name in body && !isSame(body[name], value))
    .map(([name]) => ({ path: `/${name}`, message: 'is set by the transmitter' }));
  if (problems.length > 0) throw invalidRequest(INVALID_STREAM, ...problems);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The fields that the transmitter supplies. */
export function suppliedPart(stream: EventStream, ssf: SsfConfig): SuppliedPart {
  return {
    iss: ssf.issuer,
    aud: stream.aud,
    events_supported: [...supportedEvents(stream)],
    events_delivered: [...deliveredEvents(stream)],
    min_verification_interval: MIN_VERIFICATION_INTERVAL_IN_SECONDS,
  };
}

/** The stream as its receiver sees it, without the secret header of its push delivery. */
export function toStreamAnswer(stream: EventStream, ssf: SsfConfig): StreamAnswer {
  return {
    stream_id: stream.id,
    ...suppliedPart(stream, ssf),
    events_requested: [...stream.events_requested],
    delivery:
      stream.delivery.method === PUSH
        ? { method: PUSH, endpoint_url: stream.delivery.endpoint_url }
        : { method: POLL, endpoint_url: `${ssf.issuer}/api/ssf/poll/${stream.id}` },
    ...defined({ description: stream.description, dialect: stream.dialect }),
  };
}

import { randomUUID } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/handler.ts';
import { auditStream, changeStream } from './changeStream.ts';
import { POLL, PUSH, type EventStream } from './eventStream.ts';
import {
  requireReceiver,
  requireStream,
  SSF_MANAGE_ROLES,
  SSF_READ_ROLES,
  type StreamCaller,
} from './requireReceiver.ts';
import { toStream } from './toStream.ts';
import {
  fromStreamBody,
  requireUnchanged,
  suppliedPart,
  toStreamAnswer,
  type StreamInput,
} from './streamConfiguration.ts';

/** Of one receiver; they are read together for every transition. */
const MAX_STREAMS = 10;
const NO_STORE = { 'cache-control': 'no-store' };

type StreamHandler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

/** One stream, or all of the caller's. */
export const readStreams: StreamHandler = async (request, context) => {
  const caller = await requireReceiver(request, context, SSF_READ_ROLES);
  const streamId = request.query.get('stream_id');
  if (streamId !== null) {
    const { stream } = await requireStream(context.services, caller, streamId);
    return { status: 200, headers: NO_STORE, jsonBody: toStreamAnswer(stream, caller.ssf) };
  }
  const streams = await listStreams(context, caller);
  const jsonBody = streams.map((stream) => toStreamAnswer(stream, caller.ssf));
  return { status: 200, headers: NO_STORE, jsonBody };
};

/** A new one; without a method it is fetched from (SSF 1.0 section 8.1.1.1). */
export const createStream: StreamHandler = async (request, context) => {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { services } = context;
  const { outgoingAllowedNetworks } = services.config;
  const input = fromStreamBody(await readJsonObject(request), caller, outgoingAllowedNetworks);
  const own = await listStreams(context, { ...caller, isOperator: false });
  if (own.length >= MAX_STREAMS) throw tooMany();
  const stream = withInput(
    {
      id: randomUUID(),
      kind: 'eventStream',
      ownerId: caller.ownerId,
      aud: caller.ownerId,
      status: 'enabled',
      createdDateTime: services.now().toISOString(),
    },
    input,
    caller,
  );
  await services.documents.saveDocument(stream, undefined);
  await requireRoom(context, caller, stream);
  services.eventStreams.forget();
  await auditStream(context, caller, 'create', undefined, stream);
  return { status: 201, headers: NO_STORE, jsonBody: toStreamAnswer(stream, caller.ssf) };
};

/** What the body names takes the place of what was; the rest stays. */
export const updateStream: StreamHandler = (request, context) =>
  writeStream(request, context, (stream, input) => ({
    delivery: stream.delivery,
    events_requested: stream.events_requested,
    ...(stream.description === undefined ? {} : { description: stream.description }),
    ...input,
  }));

/** What the body does not name is gone. */
export const replaceStream: StreamHandler = (request, context) =>
  writeStream(request, context, (_, input) => input);

async function writeStream(
  request: HttpRequest,
  context: HandlerContext,
  toInput: (stream: EventStream, input: StreamInput) => StreamInput,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const body = await readJsonObject(request);
  const { outgoingAllowedNetworks } = context.services.config;
  const { before, after = before } = await changeStream(context, caller, {
    streamId: body['stream_id'],
    activity: 'update',
    apply: async (stream) => {
      const { aud, ...supplied } = suppliedPart(stream, caller.ssf);
      requireUnchanged(body, caller.isOperator ? supplied : { aud, ...supplied });
      const input = toInput(stream, fromStreamBody(body, caller, outgoingAllowedNetworks));
      const { delivery, events_requested: _, description: __, ...kept } = stream;
      const written = withInput(kept, withHeader(input, delivery), caller);
      await requireNothingWaits(context, stream, written);
      return written;
    },
  });
  return { status: 200, headers: NO_STORE, jsonBody: toStreamAnswer(after, caller.ssf) };
}

/** A receiver that writes back what it has read has not seen the header, and does not mean to take it away. */
function withHeader(input: StreamInput, known: EventStream['delivery']): StreamInput {
  const { delivery } = input;
  if (delivery?.method !== PUSH || known.method !== PUSH) return input;
  return delivery.endpoint_url === known.endpoint_url
    ? { ...input, delivery: { ...known, ...delivery } }
    : input;
}

/** What waits to be fetched would not be pushed. @throws ConnectorError `conflict`. */
async function requireNothingWaits(
  { services }: HandlerContext,
  before: EventStream,
  after: EventStream,
): Promise<void> {
  if (before.delivery.method !== POLL || after.delivery.method === POLL) return;
  if ((await services.mailbox.list(before.id, 1)).length === 0) return;
  throw new ConnectorError(
    'conflict',
    'events wait to be fetched; fetch and acknowledge them before the stream is pushed',
  );
}

/** Each who comes with others looks once more when its own is there, so no limit is passed. @throws ConnectorError `conflict`. */
async function requireRoom(
  context: HandlerContext,
  caller: StreamCaller,
  { id: streamId }: EventStream,
): Promise<void> {
  const own = await listStreams(context, { ...caller, isOperator: false });
  if (own.length <= MAX_STREAMS) return;
  await changeStream(context, caller, { streamId, activity: 'delete', apply: () => undefined });
  throw tooMany();
}

function tooMany(): ConnectorError {
  return new ConnectorError('conflict', `a receiver has at most ${String(MAX_STREAMS)} streams`);
}

/** 204; what waited in it is not sent any more. */
export const deleteStream: StreamHandler = async (request, context) => {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  await changeStream(context, caller, {
    streamId: request.query.get('stream_id') ?? undefined,
    activity: 'delete',
    apply: () => undefined,
  });
  return { status: 204, headers: NO_STORE };
};

function withInput(
  stream: Omit<EventStream, 'delivery' | 'events_requested' | 'description'>,
  { delivery = { method: POLL }, events_requested = [], description, aud, dialect }: StreamInput,
  { isOperator }: StreamCaller,
): EventStream {
  return {
    ...stream,
    delivery,
    events_requested: [...new Set(events_requested)],
    ...(description === undefined ? {} : { description }),
    ...(isOperator && aud !== undefined ? { aud } : {}),
    ...(dialect === undefined ? {} : { dialect }),
  };
}

async function listStreams(
  { services }: HandlerContext,
  { ownerId, isOperator }: StreamCaller,
): Promise<readonly EventStream[]> {
  const stored = await services.documents.listKind('eventStream');
  return stored.map(toStream).filter((stream) => isOperator || stream.ownerId === ownerId);
}

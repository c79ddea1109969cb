import { randomUUID } from 'node:crypto';
import { ConnectorError } from '../connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/reply.ts';
import { POLL, type EventStream } from './eventStream.ts';
import {
  requireReceiver,
  requireStream,
  saveStream,
  SSF_MANAGE_ROLES,
  SSF_READ_ROLES,
  toStream,
  type StreamCaller,
} from './requireSsf.ts';
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
  if (own.length >= MAX_STREAMS)
    throw new ConnectorError('conflict', `a receiver has at most ${String(MAX_STREAMS)} streams`);
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
  await saveStream(services, stream, undefined);
  return { status: 201, headers: NO_STORE, jsonBody: toStreamAnswer(stream, caller.ssf) };
};

/** What the body names takes the place of what was; the rest stays. */
export const updateStream: StreamHandler = (request, context) =>
  changeStream(request, context, (stream, input) => ({
    delivery: stream.delivery,
    events_requested: stream.events_requested,
    ...(stream.description === undefined ? {} : { description: stream.description }),
    ...input,
  }));

/** What the body does not name is gone. */
export const replaceStream: StreamHandler = (request, context) =>
  changeStream(request, context, (_, input) => input);

async function changeStream(
  request: HttpRequest,
  context: HandlerContext,
  toInput: (stream: EventStream, input: StreamInput) => StreamInput,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const body = await readJsonObject(request);
  const { stream, etag } = await requireStream(context.services, caller, body['stream_id']);
  const { aud, ...supplied } = suppliedPart(stream, caller.ssf);
  requireUnchanged(body, caller.isOperator ? supplied : { aud, ...supplied });
  const { outgoingAllowedNetworks } = context.services.config;
  const input = toInput(stream, fromStreamBody(body, caller, outgoingAllowedNetworks));
  const { delivery: _, events_requested: __, description: ___, ...kept } = stream;
  const after = withInput(kept, input, caller);
  await saveStream(context.services, after, etag);
  return { status: 200, headers: NO_STORE, jsonBody: toStreamAnswer(after, caller.ssf) };
}

/** 204; what waited in it is not sent any more. */
export const deleteStream: StreamHandler = async (request, context) => {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { services } = context;
  const { stream, etag } = await requireStream(
    services,
    caller,
    request.query.get('stream_id') ?? undefined,
  );
  if ((await services.documents.deleteDocument(stream, etag)) === 'conflict')
    throw new ConnectorError('conflict', 'the stream is changed by somebody else at this moment');
  services.eventStreams.forget();
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

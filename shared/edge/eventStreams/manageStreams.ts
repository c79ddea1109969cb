import { randomUUID } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import type { Handler, HandlerContext } from '../http/handler.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import { noStore } from '../http/noStore.ts';
import { readJsonObject } from '../http/readBody.ts';
import { auditStream, changeStream } from './changeStream.ts';
import { toStream, type EventStream } from './eventStream.ts';
import {
  requireReceiver,
  SSF_MANAGE_ROLES,
  SSF_READ_ROLES,
  type StreamCaller,
} from './requireReceiver.ts';
import { requireStream } from './requireStream.ts';
import {
  fromStreamBody,
  requireUnchanged,
  suppliedPart,
  toStreamAnswer,
  type StreamInput,
} from './streamConfiguration.ts';
import { sealStream } from './sealedHeader.ts';
import { POLL, PUSH, type StoredDelivery } from './streamDelivery.ts';

/** For one receiver. Each transition reads all streams. */
const MAX_STREAMS = 10;

/** Shows one stream, or lists all streams of the caller. */
export const readStreams: Handler = async (request, context) => {
  const streamId = request.query.get('stream_id');
  const cost = streamId === null ? COST_OF_A_PAGE : 1;
  const caller = await requireReceiver(request, context, SSF_READ_ROLES, cost);
  if (streamId !== null) {
    const { stream } = await requireStream(context.services, caller, streamId);
    return noStore({ status: 200, jsonBody: toStreamAnswer(stream, caller.ssf) });
  }
  const streams = await listStreams(context, caller);
  const jsonBody = streams.map((stream) => toStreamAnswer(stream, caller.ssf));
  return noStore({ status: 200, jsonBody });
};

/** Creates a stream. Without a delivery method the receiver polls it (SSF 1.0 section 8.1.1.1). */
export const createStream: Handler = async (request, context) => {
  // It lists the streams of all receivers, twice.
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES, COST_OF_A_PAGE);
  const { services } = context;
  const { outgoingAllowedNetworks } = services.config;
  const input = fromStreamBody(await readJsonObject(request), caller, outgoingAllowedNetworks);
  const own = await listStreams(context, { ...caller, isOperator: false });
  if (own.length >= MAX_STREAMS) throw tooMany();
  const created = withInput(
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
  const stream = sealStream(caller.ssf, created);
  await services.documents.saveDocument(stream, undefined);
  await requireRoom(context, caller, stream);
  services.eventStreams.forget();
  await auditStream(context, caller, 'create', undefined, stream);
  return noStore({ status: 201, jsonBody: toStreamAnswer(stream, caller.ssf) });
};

/** Replaces the fields in the body. Other fields stay. */
export const updateStream: Handler = (request, context) =>
  writeStream(request, context, (stream, input) => ({
    delivery: stream.delivery,
    events_requested: stream.events_requested,
    ...defined({ description: stream.description }),
    ...input,
  }));

/** Replaces the whole stream. Fields that the body lacks are deleted. */
export const replaceStream: Handler = (request, context) =>
  writeStream(request, context, (_, input) => input);

/** What is written, with the delivery as it is stored if it stays. */
type WrittenInput = Omit<StreamInput, 'delivery'> & { readonly delivery?: StoredDelivery };

async function writeStream(
  request: HttpRequest,
  context: HandlerContext,
  toInput: (stream: EventStream, input: StreamInput) => WrittenInput,
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
      const { delivery, events_requested: _events, description: _description, ...rest } = stream;
      const changed = withInput(rest, withHeader(input, delivery), caller);
      await requireNoPendingEvents(context, stream, changed);
      return changed;
    },
  });
  return noStore({ status: 200, jsonBody: toStreamAnswer(after, caller.ssf) });
}

/** Keeps the header if the receiver writes back the stream that it has read, which does not show the header. */
function withHeader(input: WrittenInput, known: StoredDelivery): WrittenInput {
  const { delivery } = input;
  if (delivery?.method !== PUSH || known.method !== PUSH) return input;
  if (delivery.authorization_header !== undefined) return input;
  return delivery.endpoint_url === known.endpoint_url
    ? { ...input, delivery: { ...known, ...delivery } }
    : input;
}

/** Events that wait for a poll would never be pushed. @throws ConnectorError `conflict`. */
async function requireNoPendingEvents(
  { services }: HandlerContext,
  before: EventStream,
  after: EventStream,
): Promise<void> {
  if (before.delivery.method !== POLL || after.delivery.method === POLL) return;
  if ((await services.mailbox.list(before.id, 1)).length === 0) return;
  throw new ConnectorError(
    'conflict',
    'events wait for a poll; poll and acknowledge them before the stream changes to push',
  );
}

/**
 * Counts the streams again after the new one is stored, so concurrent requests cannot exceed the limit.
 * @throws ConnectorError `conflict`.
 */
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

/**
 * Deletes a stream with its pending events and removed subjects. The stream is disabled first, so it gets no further
 * event, and its document is deleted last, so a repeat finishes an interrupted deletion.
 */
export const deleteStream: Handler = async (request, context) => {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { mailbox } = context.services;
  const streamId = request.query.get('stream_id') ?? undefined;
  const { before } = await changeStream(context, caller, {
    streamId,
    activity: 'delete',
    apply: (stream) =>
      stream.status === 'disabled' ? stream : { ...stream, status: 'disabled' as const },
  });
  await mailbox.clear(before.id);
  await changeStream(context, caller, { streamId, activity: 'delete', apply: () => undefined });
  // Another process may have stored an event for the stream before it knew that the stream is disabled.
  await mailbox.clear(before.id);
  return noStore({ status: 204 });
};

function withInput(
  stream: Omit<EventStream, 'delivery' | 'events_requested' | 'description'>,
  { delivery = { method: POLL }, events_requested = [], description, aud, dialect }: WrittenInput,
  { isOperator }: StreamCaller,
): EventStream {
  return {
    ...stream,
    delivery,
    events_requested: [...new Set(events_requested)],
    ...defined({ description, dialect }),
    ...(isOperator && aud !== undefined ? { aud } : {}),
  };
}

async function listStreams(
  { services }: HandlerContext,
  { ownerId, isOperator }: StreamCaller,
): Promise<readonly EventStream[]> {
  const stored = await services.documents.listKind('eventStream');
  return stored.map(toStream).filter((stream) => isOperator || stream.ownerId === ownerId);
}

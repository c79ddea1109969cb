import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { mapConcurrently } from '../../shared/base/mapConcurrently.ts';
import { onHttp } from '../../shared/compose.ts';
import type { WaitingToken } from '../../shared/core/ports/publications.ts';
import type { EventStream } from '../../shared/edge/eventStreams/eventStream.ts';
import { fromPollBody, type PollRequest } from '../../shared/edge/eventStreams/pollRequest.ts';
import {
  requireReceiver,
  SSF_READ_ROLES,
  type StreamCaller,
} from '../../shared/edge/eventStreams/requireReceiver.ts';
import { requireStream } from '../../shared/edge/eventStreams/requireStream.ts';
import { POLL } from '../../shared/edge/eventStreams/streamDelivery.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readJsonObject } from '../../shared/edge/http/readBody.ts';

/** Below the 30 seconds after which proxies time out. */
const LONGEST_POLL_IN_MILLISECONDS = 20_000;
/** Polls quickly at first, because a receiver that just got events usually polls again immediately. */
const QUICK_FOR_IN_MILLISECONDS = 3000;
const QUICK_PAUSE_IN_MILLISECONDS = 250;
const SLOW_PAUSE_IN_MILLISECONDS = 1000;
const CONCURRENCY = 20;
const MAX_LOGGED = 10;

/**
 * Returns a receiver's pending tokens (RFC 8936), and removes those that it acknowledges or reports as errors. Without
 * pending tokens it waits, unless the receiver asks for an immediate reply.
 */
export async function pollEventStream(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_READ_ROLES);
  const stream = await requirePolled(context, caller, request.params['streamId']);
  const poll = fromPollBody(await readJsonObject(request));
  await removeSettled(context, stream, poll);
  const found = poll.maxEvents === 0 ? [] : await waitForTokens(context, caller, stream, poll);
  const sent = found.slice(0, poll.maxEvents);
  return noStore({
    status: 200,
    jsonBody: {
      sets: Object.fromEntries(sent.map(({ jti, token }) => [jti, token])),
      moreAvailable: found.length > sent.length,
    },
  });
}

/** The current stream. @throws ConnectorError `itemNotFound` if it does not exist or is delivered by push. */
async function requirePolled(
  { services }: HandlerContext,
  caller: StreamCaller,
  streamId: string | undefined,
): Promise<EventStream> {
  const { stream } = await requireStream(services, caller, streamId);
  if (stream.delivery.method === POLL) return stream;
  throw new ConnectorError('itemNotFound', 'the stream is delivered by push and cannot be polled');
}

async function removeSettled(
  { services, log }: HandlerContext,
  { id }: EventStream,
  { ack, setErrs }: PollRequest,
): Promise<void> {
  const failed = Object.entries(setErrs).filter(([jti]) => isTokenId(jti));
  if (failed.length > 0) {
    const some = failed
      .slice(0, MAX_LOGGED)
      .map(([jti, { err }]) => `${JSON.stringify(jti)} ${err}`);
    const all = `${String(failed.length)} events: ${some.join(', ')}`;
    log.warn(`the receiver of stream \`${id}\` cannot use ${all}`);
  }
  const settled = [...new Set([...ack.filter(isTokenId), ...failed.map(([jti]) => jti)])];
  await mapConcurrently(settled, CONCURRENCY, (jti) => services.mailbox.remove(id, jti));
}

/** Whether Cosmos DB can store this as an id. */
function isTokenId(jti: string): boolean {
  return /^[!-~]{1,800}$/.test(jti) && !/[/\\?#]/.test(jti);
}

/** A paused stream has no tokens, so its receiver waits as for new events. */
async function waitForTokens(
  context: HandlerContext,
  caller: StreamCaller,
  stream: EventStream,
  { maxEvents, returnImmediately }: PollRequest,
): Promise<readonly WaitingToken[]> {
  const { services } = context;
  const began = services.now().getTime();
  const { id } = stream;
  for (let { status } = stream; ; { status } = await requirePolled(context, caller, id)) {
    // One more than can be sent, to know whether more are available.
    const found = status === 'enabled' ? await services.mailbox.list(id, maxEvents + 1) : [];
    const waited = services.now().getTime() - began;
    const isOver = waited >= LONGEST_POLL_IN_MILLISECONDS;
    if (found.length > 0 || returnImmediately || isOver) return found;
    const isQuick = waited < QUICK_FOR_IN_MILLISECONDS;
    await services.pause(isQuick ? QUICK_PAUSE_IN_MILLISECONDS : SLOW_PAUSE_IN_MILLISECONDS);
  }
}

app.http('pollEventStream', {
  methods: ['POST'],
  route: 'api/ssf/poll/{streamId}',
  authLevel: 'anonymous',
  handler: onHttp(pollEventStream, toSsfFaultReply),
});

import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { mapConcurrently } from '../../shared/base/mapConcurrently.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readJsonObject } from '../../shared/edge/http/readBody.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { WaitingToken } from '../../shared/core/ports/publications.ts';
import { POLL } from '../../shared/edge/eventStreams/streamDelivery.ts';
import type { EventStream } from '../../shared/edge/eventStreams/eventStream.ts';
import { fromPollBody, type PollRequest } from '../../shared/edge/eventStreams/pollRequest.ts';
import {
  requireReceiver,
  SSF_READ_ROLES,
  type StreamCaller,
} from '../../shared/edge/eventStreams/requireReceiver.ts';
import { requireStream } from '../../shared/edge/eventStreams/requireStream.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import { onHttp } from '../../shared/compose.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';

/** Under the half minute after which proxies on the way give up. */
const LONGEST_POLL_IN_MILLISECONDS = 20_000;
/** Often at first: who is told at once asks again at once. */
const EAGER_FOR_IN_MILLISECONDS = 3000;
const LOOK_AGAIN_AFTER_IN_MILLISECONDS = 250;
const LOOK_LATER_IN_MILLISECONDS = 1000;
const CONCURRENCY = 20;
const MAX_LOGGED = 10;

/**
 * Gives a receiver what waits for it (RFC 8936). What it acknowledges, or says that it cannot use, does not come again;
 * everything else does. With nothing there it waits a while, unless it is asked not to.
 */
export async function pollEventStream(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_READ_ROLES);
  const stream = await requirePolled(context, caller, request.params['streamId']);
  const asked = fromPollBody(await readJsonObject(request));
  await settle(context, stream, asked);
  const found = asked.maxEvents === 0 ? [] : await waitForTokens(context, caller, stream, asked);
  const shown = found.slice(0, asked.maxEvents);
  return noStore({
    status: 200,
    jsonBody: {
      sets: Object.fromEntries(shown.map(({ jti, token }) => [jti, token])),
      moreAvailable: found.length > shown.length,
    },
  });
}

/** The stream as it is now. @throws ConnectorError `itemNotFound` where there is nothing to fetch, and never will be. */
async function requirePolled(
  { services }: HandlerContext,
  caller: StreamCaller,
  streamId: string | undefined,
): Promise<EventStream> {
  const { stream } = await requireStream(services, caller, streamId);
  if (stream.delivery.method === POLL) return stream;
  throw new ConnectorError('itemNotFound', 'the stream is pushed, there is nothing to fetch');
}

async function settle(
  { services, log }: HandlerContext,
  { id }: EventStream,
  { ack, setErrs }: PollRequest,
): Promise<void> {
  const failed = Object.entries(setErrs).filter(([jti]) => isTokenId(jti));
  if (failed.length > 0) {
    const shown = failed
      .slice(0, MAX_LOGGED)
      .map(([jti, { err }]) => `${JSON.stringify(jti)} ${err}`);
    const all = `${String(failed.length)} events: ${shown.join(', ')}`;
    log.warn(`the receiver of stream \`${id}\` cannot use ${all}`);
  }
  const done = [...new Set([...ack.filter(isTokenId), ...failed.map(([jti]) => jti)])];
  await mapConcurrently(done, CONCURRENCY, (jti) => services.mailbox.remove(id, jti));
}

/** What Cosmos DB can address. */
function isTokenId(jti: string): boolean {
  return /^[!-~]{1,800}$/.test(jti) && !/[/\\?#]/.test(jti);
}

/** While the stream is paused nothing is given, and the receiver waits as it would for what has yet to happen. */
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
    // One more than is shown tells whether there is more.
    const found = status === 'enabled' ? await services.mailbox.list(id, maxEvents + 1) : [];
    const waited = services.now().getTime() - began;
    const isOver = waited >= LONGEST_POLL_IN_MILLISECONDS;
    if (found.length > 0 || returnImmediately || isOver) return found;
    const isEager = waited < EAGER_FOR_IN_MILLISECONDS;
    await services.pause(isEager ? LOOK_AGAIN_AFTER_IN_MILLISECONDS : LOOK_LATER_IN_MILLISECONDS);
  }
}

app.http('pollEventStream', {
  methods: ['POST'],
  route: 'api/ssf/poll/{streamId}',
  authLevel: 'anonymous',
  handler: onHttp(pollEventStream, toSsfFaultReply),
});

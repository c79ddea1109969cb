import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
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
import { readStreamBody } from '../../shared/edge/eventStreams/readStreamBody.ts';

/** Below the 30 seconds after which proxies time out. */
const LONGEST_POLL_IN_MILLISECONDS = 20_000;
/** Polls quickly at first, because a receiver that just got events usually polls again immediately. */
const QUICK_FOR_IN_MILLISECONDS = 3000;
const QUICK_PAUSE_IN_MILLISECONDS = 250;
const SLOW_PAUSE_IN_MILLISECONDS = 1000;
/** A receiver that waits already does not need a second connection. */
const RETRY_WAITING_IN_SECONDS = 5;
/**
 * Each poll shows the first hundred events at most, so a receiver knows no other. Twice as many are looked up, because
 * the clocks of the processes that store events differ, so a few may take a place before events that were shown.
 */
const MAX_SHOWN = 200;
const MAX_LOGGED = 10;

/**
 * Returns a receiver's pending tokens (RFC 8936), and removes those that it acknowledges or reports as errors. Without
 * pending tokens it waits, unless the receiver asks for an immediate reply. For the rate limit, a poll counts as one
 * decision, and each acknowledged event as one more.
 */
export async function pollEventStream(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  // The body says what the poll costs. One request must take it at once: the budget may be as small as that.
  const caller = await requireReceiver(request, context, SSF_READ_ROLES, 0);
  const poll = fromPollBody(await readStreamBody(request));
  const { rateLimit, now } = context.services;
  rateLimit.take(caller.ownerId, 1 + poll.ack.length + Object.keys(poll.setErrs).length, now());
  const stream = await requirePolled(context, caller, request.params['streamId']);
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
  const failed = Object.entries(setErrs);
  if (failed.length > 0) {
    const some = failed
      .slice(0, MAX_LOGGED)
      .map(([jti, { err }]) => `${JSON.stringify(jti)} ${err}`);
    const all = `${String(failed.length)} events: ${some.join(', ')}`;
    log.warn(`the receiver of stream \`${id}\` cannot use ${all}`);
  }
  const settled = new Set([...ack, ...failed.map(([jti]) => jti)]);
  if (settled.size === 0) return;
  const shown = await services.mailbox.listIds(id, MAX_SHOWN);
  await services.mailbox.remove(
    id,
    shown.filter((jti) => settled.has(jti)),
  );
}

/**
 * The first tokens, and one more than can be sent, to know whether more are available. A paused stream has no tokens, so
 * its receiver waits as for new events.
 */
async function waitForTokens(
  context: HandlerContext,
  caller: StreamCaller,
  stream: EventStream,
  poll: PollRequest,
): Promise<readonly WaitingToken[]> {
  const found = await listTokens(context, stream, poll);
  if (found.length > 0 || poll.returnImmediately) return found;
  const end = beginWaiting(context, stream);
  if (end === undefined) {
    // Without the pause the receiver would ask again at once.
    await context.services.pause(SLOW_PAUSE_IN_MILLISECONDS);
    return listTokens(context, stream, poll);
  }
  try {
    return await waitLonger(context, caller, stream.id, poll);
  } finally {
    end();
  }
}

/**
 * RFC 8936 leaves open what a second waiting poll gets; OpenID CIBA Core 1.0 forbids overlapping long polls. To answer
 * the first instead would let two receivers of one stream wake each other without a pause. `undefined` if so many polls
 * wait that this one is answered soon, which RFC 8936 section 2.4 allows.
 * @throws ConnectorError `activityLimitReached` if another poll of the stream waits in this process.
 */
function beginWaiting({ services }: HandlerContext, { id }: EventStream): (() => void) | undefined {
  const end = services.waitingPolls.begin(id);
  if (end === 'full') return undefined;
  if (end !== 'taken') return end;
  throw new ConnectorError('activityLimitReached', 'another poll of this stream is waiting', {
    retryAfterInSeconds: RETRY_WAITING_IN_SECONDS,
  });
}

async function waitLonger(
  context: HandlerContext,
  caller: StreamCaller,
  id: string,
  poll: PollRequest,
): Promise<readonly WaitingToken[]> {
  const { services } = context;
  const began = services.now().getTime();
  for (;;) {
    const waited = services.now().getTime() - began;
    if (waited >= LONGEST_POLL_IN_MILLISECONDS) return [];
    const isQuick = waited < QUICK_FOR_IN_MILLISECONDS;
    await services.pause(isQuick ? QUICK_PAUSE_IN_MILLISECONDS : SLOW_PAUSE_IN_MILLISECONDS);
    const found = await listTokens(context, await requirePolled(context, caller, id), poll);
    if (found.length > 0) return found;
  }
}

async function listTokens(
  { services }: HandlerContext,
  { id, status }: EventStream,
  { maxEvents }: PollRequest,
): Promise<readonly WaitingToken[]> {
  return status === 'enabled' ? services.mailbox.list(id, maxEvents + 1) : [];
}

app.http('pollEventStream', {
  methods: ['POST'],
  route: 'api/ssf/poll/{streamId}',
  authLevel: 'anonymous',
  handler: onHttp(pollEventStream, toSsfFaultReply),
});

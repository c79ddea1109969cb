import { app } from '@azure/functions';
import { ConnectorError } from '../shared/connectorError.ts';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { readJsonObject } from '../shared/http/readBody.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import type { WaitingToken } from '../shared/ports.ts';
import { POLL, type EventStream } from '../shared/ssf/eventStream.ts';
import { fromPollBody, type PollRequest } from '../shared/ssf/pollRequest.ts';
import { requireReceiver, requireStream, SSF_READ_ROLES } from '../shared/ssf/requireSsf.ts';
import { toSsfErrorReply } from '../shared/ssf/toSsfErrorReply.ts';

/** Under the half minute after which proxies on the way give up. */
const LONGEST_POLL_IN_MILLISECONDS = 20_000;
const LOOK_AGAIN_AFTER_IN_MILLISECONDS = 250;

/**
 * Gives a receiver what waits for it (RFC 8936). What it acknowledges, or says that it cannot use, does not come again;
 * everything else does. With nothing there it waits a while, unless it is asked not to.
 */
export async function pollEventStream(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_READ_ROLES);
  const { stream } = await requireStream(context.services, caller, request.params['streamId']);
  if (stream.delivery.method !== POLL)
    throw new ConnectorError('itemNotFound', 'the stream is pushed, there is nothing to fetch');
  const asked = fromPollBody(await readJsonObject(request));
  await settle(context, stream, asked);
  const found = asked.maxEvents === 0 ? [] : await waitForTokens(context, stream, asked);
  const shown = found.slice(0, asked.maxEvents);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: {
      sets: Object.fromEntries(shown.map(({ jti, token }) => [jti, token])),
      moreAvailable: found.length > shown.length,
    },
  };
}

async function settle(
  { services, log }: HandlerContext,
  { id }: EventStream,
  { ack, setErrs }: PollRequest,
): Promise<void> {
  for (const [jti, { err }] of Object.entries(setErrs))
    log.warn(`stream \`${id}\` cannot use the event \`${jti}\`: ${err}`);
  const done = [...new Set([...ack, ...Object.keys(setErrs)])];
  await Promise.all(done.filter(isTokenId).map((jti) => services.mailbox.remove(id, jti)));
}

/** Never one of the names under which subjects are kept, nor what Cosmos DB cannot address. */
function isTokenId(jti: string): boolean {
  return !jti.startsWith('subject:') && !/[/\\?#]/.test(jti);
}

async function waitForTokens(
  { services }: HandlerContext,
  { id, status }: EventStream,
  { maxEvents, returnImmediately }: PollRequest,
): Promise<readonly WaitingToken[]> {
  if (status !== 'enabled') return [];
  const until = services.now().getTime() + LONGEST_POLL_IN_MILLISECONDS;
  for (;;) {
    // One more than is shown tells whether there is more.
    const found = await services.mailbox.list(id, maxEvents + 1);
    const isOver = services.now().getTime() >= until;
    if (found.length > 0 || returnImmediately || isOver) return found;
    await services.pause(LOOK_AGAIN_AFTER_IN_MILLISECONDS);
  }
}

app.http('pollEventStream', {
  methods: ['POST'],
  route: 'api/ssf/poll/{streamId}',
  authLevel: 'anonymous',
  handler: reply(pollEventStream, toSsfErrorReply),
});

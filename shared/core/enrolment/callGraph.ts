import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { backoffInSeconds } from '../../base/backoff.ts';
import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { MAX_BATCH_SIZE, type GraphAnswer, type GraphRequest } from '../ports/graph.ts';
import type { SyncRun } from './syncRun.ts';

const MAX_TRIES = 6;
/** If Graph asks for a longer wait, the next run tries again. */
const MAX_WAIT_IN_SECONDS = 60;
const BACKOFF = { firstInSeconds: 1, maxInSeconds: MAX_WAIT_IN_SECONDS };

const Page = Compile(
  Type.Object({
    value: Type.Array(Type.Unknown()),
    '@odata.nextLink': Type.Optional(Type.String()),
    '@odata.deltaLink': Type.Optional(Type.String()),
  }),
);

/** A page of a collection. `isGone` if the link has expired, so the collection must be read from the start. */
export type GraphPage =
  | { readonly isGone: true; readonly isMissing: boolean }
  | {
      readonly isGone: false;
      readonly value: readonly unknown[];
      readonly nextLink?: string;
      readonly deltaLink?: string;
    };

/** Error codes for expired links, with 400, 404 or 410. */
const GONE_CODES = new Set([
  'syncstatenotfound',
  'resyncrequired',
  'directory_expiredpagetoken',
  'directory_expiredskiptoken',
  'directoryexpiredpagetoken',
]);

/**
 * Reads one page, with retries while Graph is busy or does not answer; no page is ever skipped.
 * @throws ConnectorError `serviceNotAvailable` after the last retry, `accessDenied` naming the rejected path.
 */
export async function readPage(run: SyncRun, url: string): Promise<GraphPage> {
  const [answer] = await sendWithRetry(run, [{ method: 'GET', url }], async ([request]) =>
    request === undefined ? [] : [await run.graph.send(request)],
  );
  if (answer === undefined) throw new ConnectorError('serviceNotAvailable', 'Graph did not answer');
  const isMissing = answer.code === 'Request_ResourceNotFound';
  if (answer.status === 410 || isMissing || GONE_CODES.has(answer.code.toLowerCase()))
    return { isGone: true, isMissing };
  requireSuccess(answer, url);
  if (!Page.Check(answer.body))
    throw new ConnectorError('serviceNotAvailable', `the answer to ${nameOf(url)} is not a page`);
  const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = answer.body;
  return {
    isGone: false,
    value,
    ...defined({ nextLink, deltaLink }),
  };
}

/** Reads a collection page by page. The last page has no `nextLink`, or is gone. @throws as `readPage`. */
export async function* readPages(run: SyncRun, url: string): AsyncIterable<GraphPage> {
  let link: string | undefined = url;
  while (link !== undefined) {
    const page: GraphPage = await readPage(run, link);
    yield page;
    link = page.isGone ? undefined : page.nextLink;
  }
}

/**
 * Sends the requests in batches of 20, with retries for each. Returns their answers in order. @throws as `readPage`.
 */
export async function sendInBatches(
  run: SyncRun,
  requests: readonly GraphRequest[],
): Promise<readonly GraphAnswer[]> {
  const answers: GraphAnswer[] = [];
  for (let at = 0; at < requests.length; at += MAX_BATCH_SIZE) {
    const batch = requests.slice(at, at + MAX_BATCH_SIZE);
    answers.push(...(await sendWithRetry(run, batch, (pending) => run.graph.batch(pending))));
  }
  return answers;
}

/** @throws ConnectorError `accessDenied` or `serviceNotAvailable`, naming the path. */
export function requireSuccess({ status, code }: GraphAnswer, url: string): void {
  if (status === 200) return;
  const isDenied = status === 401 || status === 403;
  throw new ConnectorError(
    isDenied ? 'accessDenied' : 'serviceNotAvailable',
    `Graph answered ${String(status)} \`${code}\` to ${nameOf(url)}`,
  );
}

function nameOf(url: string): string {
  return `\`${url.replace(/\?.*$/s, '').replace(/^https?:\/\/[^/]+/, '')}\``;
}

type Send = (requests: readonly GraphRequest[]) => Promise<readonly GraphAnswer[]>;

async function sendWithRetry(
  { pause, random }: SyncRun,
  requests: readonly GraphRequest[],
  send: Send,
): Promise<readonly GraphAnswer[]> {
  const answers: GraphAnswer[] = [];
  let pending = requests.map((_, index) => index);
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt === MAX_TRIES - 1;
    const received = await trySend(
      send,
      pending.flatMap((index) => requests[index] ?? []),
      isLast,
    );
    for (const [at, answer] of received.entries()) answers[pending[at] ?? 0] = answer;
    pending = pending.filter((index) => isRetryable(answers[index]));
    if (pending.length === 0) return answers;
    const retryAfterInSeconds = Math.max(
      ...pending.map((index) => answers[index]?.retryAfterInSeconds ?? 0),
    );
    if (isLast || retryAfterInSeconds > MAX_WAIT_IN_SECONDS)
      throw new ConnectorError('serviceNotAvailable', 'Graph is busy', {
        retryAfterInSeconds,
      });
    const waitInSeconds = backoffInSeconds(BACKOFF, attempt, random);
    await pause(Math.max(retryAfterInSeconds, waitInSeconds) * 1000);
  }
}

/** Without an answer to the batch, every request counts as unanswered. */
async function trySend(
  send: Send,
  requests: readonly GraphRequest[],
  isLast: boolean,
): Promise<readonly GraphAnswer[]> {
  try {
    return await send(requests);
  } catch (error) {
    if (isLast || !isTransient(error)) throw error;
    return requests.map(() => ({ status: 503, body: undefined, code: 'notAnswered' }));
  }
}

function isRetryable(answer: GraphAnswer | undefined): boolean {
  return answer === undefined || answer.status === 429 || answer.status >= 500;
}

import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { backoffInSeconds } from '../../base/backoff.ts';
import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { MAX_BATCH_SIZE, type GraphAnswer, type GraphRequest } from '../ports/graph.ts';
import type { SyncRun } from './syncRun.ts';

const MAX_TRIES = 6;
/** What asks for more than that is asked by the next run. */
const MAX_WAIT_IN_SECONDS = 60;
const BACKOFF = { firstInSeconds: 1, maxInSeconds: MAX_WAIT_IN_SECONDS };

const Page = Compile(
  Type.Object({
    value: Type.Array(Type.Unknown()),
    '@odata.nextLink': Type.Optional(Type.String()),
    '@odata.deltaLink': Type.Optional(Type.String()),
  }),
);

/** A page of a collection; or the word that what the link stood for is gone, and all has to be read anew. */
export type GraphPage =
  | { readonly isGone: true; readonly isMissing: boolean }
  | {
      readonly isGone: false;
      readonly value: readonly unknown[];
      readonly nextLink?: string;
      readonly deltaLink?: string;
    };

/** Error codes of links that are too old, with 400, 404 or 410. */
const GONE_CODES = new Set([
  'syncstatenotfound',
  'resyncrequired',
  'directory_expiredpagetoken',
  'directory_expiredskiptoken',
  'directoryexpiredpagetoken',
]);

/**
 * Reads one page, again where Graph is busy or does not answer: a page is never passed over.
 * @throws ConnectorError `serviceNotAvailable` where it stays so, `accessDenied` naming what Graph refused.
 */
export async function readPage(run: SyncRun, url: string): Promise<GraphPage> {
  const [answer] = await askEach(run, [{ method: 'GET', url }], async ([request]) =>
    request === undefined ? [] : [await run.graph.send(request)],
  );
  if (answer === undefined) throw new ConnectorError('serviceNotAvailable', 'Graph gave no answer');
  const isMissing = answer.code === 'Request_ResourceNotFound';
  if (answer.status === 410 || isMissing || GONE_CODES.has(answer.code.toLowerCase()))
    return { isGone: true, isMissing };
  requireSuccess(answer, url);
  if (!Page.Check(answer.body))
    throw new ConnectorError('serviceNotAvailable', `the answer to ${nameOf(url)} is no page`);
  const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = answer.body;
  return {
    isGone: false,
    value,
    ...defined({ nextLink, deltaLink }),
  };
}

/**
 * The answers to all of them, in their order, 20 a batch; those that were throttled are asked again. @throws as
 * `readPage`.
 */
export async function fetchAllPages(
  run: SyncRun,
  requests: readonly GraphRequest[],
): Promise<readonly GraphAnswer[]> {
  const answers: GraphAnswer[] = [];
  for (let at = 0; at < requests.length; at += MAX_BATCH_SIZE) {
    const batch = requests.slice(at, at + MAX_BATCH_SIZE);
    answers.push(...(await askEach(run, batch, (some) => run.graph.batch(some))));
  }
  return answers;
}

/** @throws ConnectorError naming what Graph refused. */
export function requireSuccess({ status, code }: GraphAnswer, url: string): void {
  if (status === 200) return;
  const isRefused = status === 401 || status === 403;
  throw new ConnectorError(
    isRefused ? 'accessDenied' : 'serviceNotAvailable',
    `Graph answered ${String(status)} \`${code}\` to ${nameOf(url)}`,
  );
}

function nameOf(url: string): string {
  return `\`${url.replace(/\?.*$/s, '').replace(/^https?:\/\/[^/]+/, '')}\``;
}

type Ask = (requests: readonly GraphRequest[]) => Promise<readonly GraphAnswer[]>;

async function askEach(
  { pause, random }: SyncRun,
  requests: readonly GraphRequest[],
  ask: Ask,
): Promise<readonly GraphAnswer[]> {
  const answers: GraphAnswer[] = [];
  let open = requests.map((_, index) => index);
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt === MAX_TRIES - 1;
    const given = await tryAsk(
      ask,
      open.flatMap((index) => requests[index] ?? []),
      isLast,
    );
    for (const [at, answer] of given.entries()) answers[open[at] ?? 0] = answer;
    open = open.filter((index) => mayBeAskedAgain(answers[index]));
    if (open.length === 0) return answers;
    const asked = Math.max(...open.map((index) => answers[index]?.retryAfterInSeconds ?? 0));
    if (isLast || asked > MAX_WAIT_IN_SECONDS)
      throw new ConnectorError('serviceNotAvailable', 'Graph is busy', {
        retryAfterInSeconds: asked,
      });
    await pause(Math.max(asked, backoffInSeconds(BACKOFF, attempt, random)) * 1000);
  }
}

/** No answer counts as none for each. */
async function tryAsk(
  ask: Ask,
  requests: readonly GraphRequest[],
  isLast: boolean,
): Promise<readonly GraphAnswer[]> {
  try {
    return await ask(requests);
  } catch (error) {
    if (isLast || !isTransient(error)) throw error;
    return requests.map(() => ({ status: 503, body: undefined, code: 'notAnswered' }));
  }
}

function mayBeAskedAgain(answer: GraphAnswer | undefined): boolean {
  return answer === undefined || answer.status === 429 || answer.status >= 500;
}

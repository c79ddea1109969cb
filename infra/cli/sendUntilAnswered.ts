import type { TokenCredential } from '@azure/identity';
import { retryAfterInSeconds } from '../../shared/base/retryAfter.ts';

const MAX_TRIES = 8;
const MAX_DELAY_IN_SECONDS = 60;
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** How a command calls a service of Azure: as the signed-in identity, and with patience. */
export interface ServiceOptions {
  /** Such as `https://graph.microsoft.com`. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Called with the reason of each wait. */
  readonly onWait: (reason: string) => void;
}

/** One request, and what its service is called. */
export interface ServiceRequest {
  readonly service: string;
  readonly url: URL;
  readonly method: string;
  /** The scope of its token. */
  readonly scope: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | undefined;
  readonly timeoutInMilliseconds: number;
  /** The error after the last try. */
  readonly toError: (message: string) => Error;
}

/**
 * Sends a request until the service gives an answer that is not temporary: eight tries, with the pauses that it asks for
 * in `Retry-After`, else longer ones each time. @throws what `toError` makes.
 */
export async function sendUntilAnswered(
  options: ServiceOptions,
  request: ServiceRequest,
): Promise<Response> {
  const { service, toError } = request;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await trySend(options, request);
    if (outcome instanceof Response && !RETRIED_STATUSES.has(outcome.status)) return outcome;
    const reason = outcome instanceof Response ? `answered ${String(outcome.status)}` : outcome;
    if (attempt === MAX_TRIES) throw toError(`${service} ${reason}`);
    const seconds = waitOf(outcome, attempt);
    options.onWait(`${service} ${reason}, next try in ${String(seconds)} s`);
    await options.pause(seconds * 1000);
  }
}

/** Returns the reason if there is no answer. */
async function trySend(
  { credential, fetch }: ServiceOptions,
  { url, method, scope, headers, body, timeoutInMilliseconds }: ServiceRequest,
): Promise<Response | string> {
  const token = (await credential.getToken(scope))?.token ?? '';
  try {
    return await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(timeoutInMilliseconds),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    return `does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

function waitOf(outcome: Response | string, attempt: number): number {
  const asked = outcome instanceof Response ? retryAfterOf(outcome) : undefined;
  return Math.min(MAX_DELAY_IN_SECONDS, asked ?? 2 ** (attempt - 1));
}

/** The seconds that an answer asks to wait; `undefined` if it does not. */
export function retryAfterOf({ headers }: Response): number | undefined {
  return retryAfterInSeconds(headers.get('retry-after'), new Date());
}

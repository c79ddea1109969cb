import type { TokenCredential } from '@azure/identity';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { retryAfterInSeconds } from '../../../shared/base/retryAfter.ts';

const MAX_TRIES = 8;
const MAX_DELAY_IN_SECONDS = 60;
const REQUEST_TIMEOUT_IN_MILLISECONDS = 60_000;
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** learn.microsoft.com/graph/api/application-upsert and serviceprincipal-post-approleassignedto */
const PERMISSIONS =
  'sign in with the role Cloud Application Administrator; an application needs the permissions Application.ReadWrite.All and AppRoleAssignment.ReadWrite.All';

/** A request that Graph refused. */
export class GraphRefusal extends Error {
  readonly status: number;
  /** Graph's code and message, without the request. */
  readonly reason: string;

  constructor(request: string, status: number, reason: string) {
    const text = `Microsoft Graph answered ${String(status)} to ${request}: ${reason}`;
    super(status === 403 ? `${text}\n${PERMISSIONS}` : text);
    this.name = 'GraphRefusal';
    this.status = status;
    this.reason = reason;
  }
}

type Method = 'GET' | 'POST' | 'PATCH';

/** Microsoft Graph with the signed-in identity. */
export interface GraphClient {
  /**
   * Sends one request below `/v1.0`. Temporary errors are tried eight times, and `Retry-After` is respected.
   * @returns the answer; `undefined` if it has no body, or if a GET finds nothing.
   * @throws GraphRefusal
   */
  run(method: Method, path: string, body?: object): Promise<JsonObject | undefined>;
  /** All entries of a list, page by page. @throws GraphRefusal */
  list(path: string): Promise<readonly JsonObject[]>;
}

export interface GraphOptions {
  /** `https://graph.microsoft.com` */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Called with the reason of each wait. */
  readonly onWait: (reason: string) => void;
}

export function createGraphClient(options: GraphOptions): GraphClient {
  const run: GraphClient['run'] = async (method, path, body) => {
    const response = await sendUntilAnswered(options, method, path, body);
    const text = await response.text();
    if (response.status === 404 && method === 'GET') return undefined;
    if (!response.ok) throw new GraphRefusal(`${method} ${path}`, response.status, toReason(text));
    return text === '' ? undefined : (JSON.parse(text) as JsonObject);
  };
  return {
    run,
    async list(path) {
      const found: JsonObject[] = [];
      for (let next: string | undefined = path; next !== undefined;) {
        const page = (await run('GET', next)) as Page | undefined;
        found.push(...(page?.value ?? []));
        const link: string | undefined = page?.['@odata.nextLink'];
        // Only the path of the link is used, so the token goes to no other address.
        next = link === undefined ? undefined : toPath(link);
      }
      return found;
    },
  };
}

interface Page {
  readonly value?: readonly JsonObject[];
  readonly '@odata.nextLink'?: string;
}

function toPath(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname.replace(/^\/v1\.0\//, '')}${search}`;
}

async function sendUntilAnswered(
  options: GraphOptions,
  method: Method,
  path: string,
  body: object | undefined,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await trySend(options, method, path, body);
    if (outcome instanceof Response && !RETRIED_STATUSES.has(outcome.status)) return outcome;
    const reason = outcome instanceof Response ? `answered ${String(outcome.status)}` : outcome;
    if (attempt === MAX_TRIES) throw new Error(`Microsoft Graph ${reason}`);
    const seconds = waitOf(outcome, attempt);
    options.onWait(`Microsoft Graph ${reason}, next try in ${String(seconds)} s`);
    await options.pause(seconds * 1000);
  }
}

/** Returns the reason if there is no answer. */
async function trySend(
  { endpoint, credential, fetch }: GraphOptions,
  method: Method,
  path: string,
  body: object | undefined,
): Promise<Response | string> {
  const token = (await credential.getToken(`${endpoint}/.default`))?.token ?? '';
  // An upsert creates the object only with this header (learn.microsoft.com/graph/api/application-upsert).
  const isUpsert = method === 'PATCH' && path.includes('(uniqueName=');
  try {
    return await fetch(`${endpoint}/v1.0/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(isUpsert ? { prefer: 'create-if-missing' } : {}),
      },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_IN_MILLISECONDS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    return `does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

function waitOf(outcome: Response | string, attempt: number): number {
  const headers = outcome instanceof Response ? outcome.headers : undefined;
  const asked = retryAfterInSeconds(headers?.get('retry-after') ?? null, new Date());
  return Math.min(MAX_DELAY_IN_SECONDS, asked ?? 2 ** (attempt - 1));
}

/** Graph's code and message (learn.microsoft.com/graph/errors); any other text as it is. */
function toReason(text: string): string {
  try {
    const { error } = JSON.parse(text) as {
      readonly error?: { readonly code?: string; readonly message?: string };
    };
    return error === undefined ? text : `${error.code ?? 'unknown'}: ${error.message ?? ''}`;
  } catch {
    return text;
  }
}

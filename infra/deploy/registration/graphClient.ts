import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { sendUntilAnswered, type ServiceOptions } from '../../cli/sendUntilAnswered.ts';

const REQUEST_TIMEOUT_IN_MILLISECONDS = 60_000;

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

/** The endpoint is `https://graph.microsoft.com`. */
export function createGraphClient(options: ServiceOptions): GraphClient {
  const run: GraphClient['run'] = async (method, path, body) => {
    const response = await send(options, method, path, body);
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

function send(
  options: ServiceOptions,
  method: Method,
  path: string,
  body: object | undefined,
): Promise<Response> {
  const { endpoint } = options;
  // An upsert creates the object only with this header (learn.microsoft.com/graph/api/application-upsert).
  const isUpsert = method === 'PATCH' && path.includes('(uniqueName=');
  return sendUntilAnswered(options, {
    service: 'Microsoft Graph',
    url: new URL(`${endpoint}/v1.0/${path}`),
    method,
    scope: `${endpoint}/.default`,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isUpsert ? { prefer: 'create-if-missing' } : {}),
    },
    body,
    timeoutInMilliseconds: REQUEST_TIMEOUT_IN_MILLISECONDS,
    toError: (message) => new Error(message),
  });
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

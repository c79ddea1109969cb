import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, GraphError, type GraphReply } from './graphReply.ts';

const KINDS = [
  /** 429, with `Retry-After`. */
  'throttled',
  /** 503. */
  'unavailable',
  /** Carries out the request and closes the connection without an answer. */
  'lost',
  /** An empty page, whose `nextLink` leads to the requested page. */
  'emptyPage',
  /** The requested page, whose `nextLink` leads to the same page again. */
  'repeatedPage',
  /** A delta round that repeats the changes of the previous round. */
  'replayed',
  /** 401, as for an expired token. */
  'expiredToken',
  /** 403. */
  'forbidden',
] as const;

/** A fault to inject, and the requests it applies to. */
export interface GraphFault {
  readonly kind: (typeof KINDS)[number];
  /** The start of the request: `GET devices/delta`, `PATCH devices`, `POST $batch`. Requests in a batch match too. */
  readonly request: string;
  readonly retryAfterInSeconds?: number;
  /** How many matching requests pass before the fault applies; default 0. */
  readonly after?: number;
  /** How many requests the fault applies to; default 1. */
  readonly times?: number;
}

export interface GraphFaults {
  add(fault: GraphFault): void;
  clear(): void;
  /** The fault that applies to a request; uses up one of its times. */
  take(request: string): GraphFault | undefined;
}

export function createGraphFaults(): GraphFaults {
  let rules: { readonly fault: GraphFault; passing: number; left: number }[] = [];
  return {
    add: (fault) => void rules.push({ fault, passing: fault.after ?? 0, left: fault.times ?? 1 }),
    clear() {
      rules = [];
    },
    take(request) {
      const matching = rules.filter(({ fault }) => request.startsWith(fault.request));
      const hit = matching.find(({ passing }) => passing === 0);
      for (const rule of matching) if (rule.passing > 0) rule.passing -= 1;
      if (hit === undefined) return undefined;
      hit.left -= 1;
      rules = rules.filter(({ left }) => left > 0);
      return hit.fault;
    },
  };
}

/** The reply that replaces the normal one; `undefined` if the fault changes the normal reply. */
export function toFaultReply({
  kind,
  retryAfterInSeconds = 1,
}: GraphFault): GraphReply | undefined {
  switch (kind) {
    case 'throttled':
      return new GraphError(429, 'TooManyRequests', 'Too many requests.', {
        'retry-after': String(retryAfterInSeconds),
      }).reply;
    case 'unavailable':
      return new GraphError(503, 'ServiceNotAvailable', 'The service is unavailable.').reply;
    case 'expiredToken':
      return expiredToken().reply;
    case 'forbidden':
      return new GraphError(
        403,
        'Authorization_RequestDenied',
        'Insufficient privileges to complete the operation.',
      ).reply;
    default:
      return undefined;
  }
}

/** Graph's 401 for an invalid or expired token. */
export function expiredToken(): GraphError {
  return new GraphError(
    401,
    'InvalidAuthenticationToken',
    'Lifetime validation failed, the token is expired.',
    { 'www-authenticate': 'Bearer realm="", error="invalid_token"' },
  );
}

/** Reads a fault from `value`. @throws GraphError 400 naming the expected properties. */
export function toGraphFault(value: unknown): GraphFault {
  if (!isJsonObject(value)) throw badRequest('a fault must be an object');
  const isValid =
    KINDS.some((kind) => kind === value['kind']) &&
    typeof value['request'] === 'string' &&
    ['retryAfterInSeconds', 'after', 'times'].every((name) =>
      ['number', 'undefined'].includes(typeof value[name]),
    );
  if (!isValid)
    throw badRequest(`a fault must have a \`request\` and a \`kind\`: ${KINDS.join(', ')}`);
  return value as unknown as GraphFault;
}

import { isJsonObject } from '../jsonObject.ts';
import { badRequest, GraphError, type GraphReply } from './graphReply.ts';

const KINDS = [
  /** 429, with `Retry-After`. */
  'throttled',
  /** 503. */
  'unavailable',
  /** The connection ends in place of an answer. */
  'lost',
  /** A page without a value, whose `nextLink` leads to what was asked for. */
  'emptyPage',
  /** The page, and with its `nextLink` the same page again. */
  'repeatedPage',
  /** A delta round that tells once more what the one before told. */
  'replayed',
  /** 401, as for a token that has ended. */
  'expiredToken',
  /** 403. */
  'forbidden',
] as const;

/** What shall go wrong, and for which requests. */
export interface GraphFault {
  readonly kind: (typeof KINDS)[number];
  /** How the request begins: `GET devices/delta`, `PATCH devices`, `POST $batch`. What stands in a batch is a request too. */
  readonly request: string;
  readonly retryAfterInSeconds?: number;
  /** How many requests are answered before the first that is hit; none where it is absent. */
  readonly after?: number;
  /** How many are hit; one where it is absent. */
  readonly times?: number;
}

export interface GraphFaults {
  add(fault: GraphFault): void;
  clear(): void;
  /** The fault that a request meets. */
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
      const fitting = rules.filter(({ fault }) => request.startsWith(fault.request));
      const hitting = fitting.find(({ passing }) => passing === 0);
      for (const rule of fitting) if (rule.passing > 0) rule.passing -= 1;
      if (hitting === undefined) return undefined;
      hitting.left -= 1;
      rules = rules.filter(({ left }) => left > 0);
      return hitting.fault;
    },
  };
}

/** What is answered in place of what was asked; `undefined` where the fault is in the answer itself. */
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

/** @returns 401 as Graph answers for a token that is none, or no longer one. */
export function expiredToken(): GraphError {
  return new GraphError(
    401,
    'InvalidAuthenticationToken',
    'Lifetime validation failed, the token is expired.',
    { 'www-authenticate': 'Bearer realm="", error="invalid_token"' },
  );
}

/** The fault in `value`. @throws GraphError 400 naming what is wrong. */
export function toGraphFault(value: unknown): GraphFault {
  if (!isJsonObject(value)) throw badRequest('a fault must be an object');
  const isRight =
    KINDS.some((kind) => kind === value['kind']) &&
    typeof value['request'] === 'string' &&
    ['retryAfterInSeconds', 'after', 'times'].every((name) =>
      ['number', 'undefined'].includes(typeof value[name]),
    );
  if (!isRight)
    throw badRequest(`a fault has a \`kind\` of ${KINDS.join(', ')}, and a \`request\``);
  return value as unknown as GraphFault;
}

import { ConnectorError } from '../connectorError.ts';
import type { HttpRequest } from './http.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

/** Which page of a list is asked for. */
export interface Paging {
  readonly top: number;
  readonly continuation: string | undefined;
}

/** The page that a query names. @throws ConnectorError `invalidRequest` naming the option and what is allowed. */
export function readPaging(query: HttpRequest['query']): Paging {
  return {
    top: readTop(query.get('$top')),
    continuation: readSkipToken(query.get('$skiptoken')),
  };
}

/** The whole address of the next page: opaque to the caller, and carrying the query (Graph paging). */
function toNextLink(request: HttpRequest, continuation: string): string {
  const url = new URL(request.url);
  url.searchParams.set('$skiptoken', Buffer.from(continuation).toString('base64url'));
  return url.toString();
}

/** One page in Graph's shape. */
export function toPage(
  request: HttpRequest,
  value: readonly object[],
  continuation: string | undefined,
): object {
  return {
    value,
    ...(continuation === undefined ? {} : { '@odata.nextLink': toNextLink(request, continuation) }),
  };
}

export function invalidOption(path: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', `query option \`${path}\` ${message}`, {
    details: [{ path, message }],
  });
}

function readTop(text: string | null): number {
  if (text === null) return DEFAULT_TOP;
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (top < 1 || top > MAX_TOP) {
    throw invalidOption('$top', `must be a whole number from 1 to ${String(MAX_TOP)}`);
  }
  return top;
}

function readSkipToken(text: string | null): string | undefined {
  if (text === null) return undefined;
  const continuation = Buffer.from(text, 'base64url').toString();
  if (continuation === '')
    throw invalidOption('$skiptoken', 'must be taken from an `@odata.nextLink`');
  return continuation;
}

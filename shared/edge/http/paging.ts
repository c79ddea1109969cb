import { createHash } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpRequest } from './http.ts';

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

/** Which page of a list is asked for. */
export interface Paging {
  readonly top: number;
  readonly continuation: string | undefined;
}

/** The page that a query names. @throws ConnectorError `invalidRequest` naming the option and what is allowed. */
export function readPaging(request: HttpRequest): Paging {
  return { top: readTop(request.query.get('$top')), continuation: readSkipToken(request) };
}

/**
 * The whole address of the next page: opaque to the caller, and carrying the query (Graph paging). The token begins
 * with a check on what it belongs to, so that a torn one, or one of another list, is told apart from a fault of ours.
 */
function toNextLink(request: HttpRequest, continuation: string): string {
  const url = new URL(request.url);
  const token = `${checkOf(request, continuation)}${continuation}`;
  url.searchParams.set('$skiptoken', Buffer.from(token).toString('base64url'));
  return url.toString();
}

const CHECK_LENGTH = 8;

function checkOf({ url, query }: HttpRequest, continuation: string): string {
  const content = JSON.stringify([new URL(url).pathname, query.get('$filter'), continuation]);
  return createHash('sha256').update(content).digest('base64url').slice(0, CHECK_LENGTH);
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

function readSkipToken(request: HttpRequest): string | undefined {
  const text = request.query.get('$skiptoken');
  if (text === null) return undefined;
  const token = Buffer.from(text, 'base64url').toString();
  const continuation = token.slice(CHECK_LENGTH);
  if (continuation === '' || checkOf(request, continuation) !== token.slice(0, CHECK_LENGTH)) {
    throw invalidOption('$skiptoken', 'must be taken from an `@odata.nextLink` of the same list');
  }
  return continuation;
}

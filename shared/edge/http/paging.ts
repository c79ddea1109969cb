import { createHash } from 'node:crypto';
import { defined } from '../../base/defined.ts';
import type { Page } from '../../core/ports/page.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import { noStore } from './noStore.ts';
import { invalidOption } from './queryOptions.ts';

/** The query options of a list that has pages. */
export const PAGING_OPTIONS = ['$top', '$skiptoken'] as const;

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

/** The requested page of a list. */
export interface Paging {
  readonly top: number;
  readonly continuation: string | undefined;
}

/** The page that the query requests. @throws ConnectorError `invalidRequest` naming the option and what is allowed. */
export function readPaging(request: HttpRequest): Paging {
  return { top: readTop(request.query.get('$top')), continuation: readSkipToken(request) };
}

/** Replies with the page of a list that the query requests. */
export async function replyWithPage(
  request: HttpRequest,
  list: (top: number, continuation: string | undefined) => Promise<Page<object>>,
): Promise<HttpReply> {
  const { top, continuation } = readPaging(request);
  const page = await list(top, continuation);
  return noStore({ status: 200, jsonBody: toPage(request, page.items, page.continuation) });
}

/** One page in Graph's shape. */
export function toPage(
  request: HttpRequest,
  value: readonly object[],
  continuation: string | undefined,
): object {
  const nextLink = continuation === undefined ? undefined : toNextLink(request, continuation);
  return { value, ...defined({ '@odata.nextLink': nextLink }) };
}

/**
 * The full URL of the next page with the same query (Graph paging). The token is opaque to the caller. It begins with a
 * checksum of the list that it belongs to, so a cut token, or one of another list, is the caller's error and not ours.
 */
function toNextLink(request: HttpRequest, continuation: string): string {
  const url = new URL(request.url);
  const token = `${checksumOf(request, continuation)}${continuation}`;
  url.searchParams.set('$skiptoken', Buffer.from(token).toString('base64url'));
  return url.toString();
}

const CHECKSUM_LENGTH = 8;

function checksumOf({ url, query }: HttpRequest, continuation: string): string {
  const content = JSON.stringify([new URL(url).pathname, query.get('$filter'), continuation]);
  return createHash('sha256').update(content).digest('base64url').slice(0, CHECKSUM_LENGTH);
}

function readTop(text: string | null): number {
  if (text === null) return DEFAULT_TOP;
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (top < 1 || top > MAX_TOP)
    throw invalidOption('$top', `must be a whole number from 1 to ${String(MAX_TOP)}`);
  return top;
}

function readSkipToken(request: HttpRequest): string | undefined {
  const text = request.query.get('$skiptoken');
  if (text === null) return undefined;
  const token = Buffer.from(text, 'base64url').toString();
  const continuation = token.slice(CHECKSUM_LENGTH);
  if (continuation === '' || checksumOf(request, continuation) !== token.slice(0, CHECKSUM_LENGTH))
    throw invalidOption('$skiptoken', 'must be taken from an `@odata.nextLink` of the same list');
  return continuation;
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { defined } from '../../base/defined.ts';
import type { Page } from '../../core/ports/page.ts';
import type { Config } from '../../settings/config.ts';
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

/** The settings that pages need. */
export type PagingConfig = Pick<Config, 'publicOrigin' | 'ticketKeys' | 'webhookSecrets'>;

/** The page that the query requests. @throws ConnectorError `invalidRequest` naming the option and what is allowed. */
export function readPaging(request: HttpRequest, config: PagingConfig): Paging {
  return {
    top: readTop(request.query.get('$top')),
    continuation: readSkipToken(request, config),
  };
}

/** Replies with the page of a list that the query requests. */
export async function replyWithPage(
  request: HttpRequest,
  config: PagingConfig,
  list: (top: number, continuation: string | undefined) => Promise<Page<object>>,
): Promise<HttpReply> {
  const { top, continuation } = readPaging(request, config);
  const page = await list(top, continuation);
  return noStore({ status: 200, jsonBody: toPage(request, config, page.items, page.continuation) });
}

/** One page in Graph's shape. */
export function toPage(
  request: HttpRequest,
  config: PagingConfig,
  value: readonly object[],
  continuation: string | undefined,
): object {
  const nextLink =
    continuation === undefined ? undefined : toNextLink(request, config, continuation);
  return { value, ...defined({ '@odata.nextLink': nextLink }) };
}

/**
 * The URL of the next page with the same query (Graph paging). Its origin is the configured one. Without one it is
 * relative (OData JSON 4.01 section 4.5.2), because the `Host` header belongs to the caller. The token is opaque.
 */
function toNextLink(request: HttpRequest, config: PagingConfig, continuation: string): string {
  const { pathname, searchParams } = new URL(request.url);
  const [key] = signingKeys(config);
  const token = Buffer.concat([sign(request, continuation, key), Buffer.from(continuation)]);
  searchParams.set('$skiptoken', token.toString('base64url'));
  return `${config.publicOrigin ?? ''}${pathname}?${searchParams.toString()}`;
}

const SIGNATURE_LENGTH_IN_BYTES = 16;

/**
 * Binds a continuation to its list, since Cosmos DB would get whatever a caller makes up. A token that was cut, forged
 * or taken from another list is the caller's error.
 */
function sign({ url, query }: HttpRequest, continuation: string, key: Buffer | undefined): Buffer {
  if (key === undefined) throw new TypeError('there is no key for pages');
  const content = JSON.stringify([new URL(url).pathname, query.get('$filter'), continuation]);
  const digest = createHmac('sha256', key).update(content).digest();
  return digest.subarray(0, SIGNATURE_LENGTH_IN_BYTES);
}

/**
 * Keys that every instance has, derived from secrets that only operators know or, without tickets, that SEP Mobile
 * knows too. While a secret rotates there are two: the first signs, both verify.
 */
function signingKeys({ ticketKeys, webhookSecrets }: PagingConfig): readonly Buffer[] {
  const secrets = ticketKeys.length > 0 ? ticketKeys : webhookSecrets;
  return secrets.map((secret) => createHmac('sha256', secret).update('pages of lists').digest());
}

function readTop(text: string | null): number {
  if (text === null) return DEFAULT_TOP;
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (top < 1 || top > MAX_TOP)
    throw invalidOption('$top', `must be a whole number from 1 to ${String(MAX_TOP)}`);
  return top;
}

function readSkipToken(request: HttpRequest, config: PagingConfig): string | undefined {
  const text = request.query.get('$skiptoken');
  if (text === null) return undefined;
  const token = Buffer.from(text, 'base64url');
  const signature = token.subarray(0, SIGNATURE_LENGTH_IN_BYTES);
  const continuation = token.subarray(SIGNATURE_LENGTH_IN_BYTES).toString();
  const isOurs = signingKeys(config).some((key) => {
    const expected = sign(request, continuation, key);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
  if (isOurs) return continuation;
  throw invalidOption('$skiptoken', 'must be taken from an `@odata.nextLink` of the same list');
}

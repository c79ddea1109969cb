import type { HttpReply } from './http.ts';

/** The header that keeps every cache from storing a reply (RFC 9111 section 5.2.2.5). */
export const NO_STORE = { 'cache-control': 'no-store' } as const;

/** The reply with a header that keeps every cache from storing it. */
export function noStore(reply: HttpReply): HttpReply {
  return { ...reply, headers: { ...NO_STORE, ...reply.headers } };
}

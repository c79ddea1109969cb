import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { BoundedMap } from '../../base/boundedMap.ts';
import { isNoneMatch } from '../http/etag.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { toOpenApi } from './toOpenApi.ts';

/** The description for one base URL in one content coding. */
interface Serialised {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

interface Codings {
  readonly identity: Serialised;
  readonly gzip: Serialised;
}

const MAX_SERVERS = 4;
const serialised = new BoundedMap<string, Codings>(MAX_SERVERS);

/**
 * The API description for the base URL `server`, or 304 if the reader has it. Anybody may ask, and each answer delays
 * the decisions of this process. So the text is made and compressed once a server: that takes 20 ms, and most of what
 * remains is to copy 250 KB where a tenth of it would do.
 */
export function toOpenApiReply(
  server: string,
  { headers }: Pick<HttpRequest, 'headers'>,
): HttpReply {
  const codings = serialised.get(server) ?? serialise(server);
  const isGzip = acceptsGzip(headers.get('accept-encoding'));
  const { body, etag, headers: own } = isGzip ? codings.gzip : codings.identity;
  const shared = { 'cache-control': 'public, max-age=300', vary: 'accept-encoding', etag };
  return isNoneMatch(headers.get('if-none-match'), etag)
    ? { status: 200, headers: { ...own, ...shared }, body }
    : { status: 304, headers: shared };
}

/** Whether the header names gzip without the weight 0 (RFC 9110 section 12.5.3). */
function acceptsGzip(header: string | null): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(header ?? '');
}

function serialise(server: string): Codings {
  const text = Buffer.from(JSON.stringify(toOpenApi(server)));
  const type = { 'content-type': 'application/json' };
  const entry = {
    identity: { body: text, headers: type, etag: toTag(text) },
    gzip: toGzip(text, type),
  };
  serialised.set(server, entry);
  return entry;
}

function toGzip(text: Uint8Array, type: Readonly<Record<string, string>>): Serialised {
  const body = gzipSync(text);
  return { body, headers: { ...type, 'content-encoding': 'gzip' }, etag: toTag(body) };
}

/** A strong tag, so each coding has its own (RFC 9110 section 8.8.3.3). */
function toTag(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

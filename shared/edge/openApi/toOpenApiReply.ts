import { createHash } from 'node:crypto';
import { BoundedMap } from '../../base/boundedMap.ts';
import { isNoneMatch } from '../http/etag.ts';
import type { HttpReply } from '../http/http.ts';
import { toOpenApi } from './toOpenApi.ts';

/** The serialised description for one base URL. */
interface Serialised {
  readonly text: string;
  readonly etag: string;
}

const MAX_SERVERS = 4;
const serialised = new BoundedMap<string, Serialised>(MAX_SERVERS);

/**
 * The API description for the base URL `server`, or 304 if `ifNoneMatch` names it. Anybody may ask, and to serialise it
 * takes 10 ms, so each process does that once a server.
 */
export function toOpenApiReply(server: string, ifNoneMatch: string | null): HttpReply {
  const { text, etag } = serialised.get(server) ?? serialise(server);
  const headers = { 'cache-control': 'public, max-age=300', etag };
  return isNoneMatch(ifNoneMatch, etag)
    ? { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: text }
    : { status: 304, headers };
}

function serialise(server: string): Serialised {
  const text = JSON.stringify(toOpenApi(server));
  const digest = createHash('sha256').update(text).digest('base64url');
  const entry = { text, etag: `"${digest.slice(0, 22)}"` };
  serialised.set(server, entry);
  return entry;
}

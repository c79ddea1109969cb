import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { CosmosError } from '../cosmosError.ts';
import { header, type CosmosRequest } from './cosmosRequest.ts';

/** Decodes the account key for signing. `key` is base64, as in a connection string. */
export function toSigningKey(key: string): KeyObject {
  return createSecretKey(Buffer.from(key, 'base64'));
}

/**
 * Verifies the signature of a request: HMAC-SHA256 with the account key over verb, resource type, resource link and
 * date. Ignores whether the date is recent, because tests set the clock. @throws CosmosError 401.
 */
export function assertAuthorized(request: CosmosRequest, key: KeyObject): void {
  const date = header(request, 'x-ms-date') ?? header(request, 'date');
  const authorization = header(request, 'authorization');
  if (authorization === undefined || date === undefined) {
    throw new CosmosError(401, "Required Header 'authorization' or 'x-ms-date' is missing.");
  }
  const given = decodeURIComponentSafely(authorization);
  if (!given.startsWith('type=master&ver=1.0&sig=')) {
    throw new CosmosError(401, 'The local server supports authorization by the account key only.');
  }
  const { type, link } = toResource(request.path);
  const text = `${request.method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const expected = createHmac('sha256', key).update(text).digest();
  const signature = Buffer.from(given.slice(given.indexOf('sig=') + 4), 'base64');
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    const signed = text.trimEnd().replaceAll('\n', '\\n');
    throw new CosmosError(
      401,
      `The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol. Server used the following payload to sign: '${signed}'`,
    );
  }
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The signed resource of a path: the resource itself or, for a feed, the type of its resources and their parent. */
function toResource(path: readonly string[]): { readonly type: string; readonly link: string } {
  if (path[4] === 'operations') return { type: 'colls', link: path.slice(0, 4).join('/') };
  const isFeed = path.length % 2 === 1;
  const type = (isFeed ? path.at(-1) : path.at(-2)) ?? '';
  return { type: type.toLowerCase(), link: (isFeed ? path.slice(0, -1) : path).join('/') };
}

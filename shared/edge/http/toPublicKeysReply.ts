import type { KeyObject } from 'node:crypto';
import { toPublicKeys } from '../../base/publicKeys.ts';
import type { HttpReply } from './http.ts';

/** Public keys as a JSON Web Key Set (RFC 7517). Receivers may cache it for five minutes. */
export function toPublicKeysReply(keys: readonly KeyObject[]): HttpReply {
  return {
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    jsonBody: toPublicKeys(keys),
  };
}

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A JSON Web Key Set (RFC 7517 section 5) of keys that sign. */
export interface PublicKeys {
  readonly keys: readonly {
    readonly kid: string;
    readonly kty: 'RSA';
    readonly n: string;
    readonly e: string;
    readonly alg: 'RS256';
    readonly use: 'sig';
  }[];
}

export function toPublicKeys(keys: readonly KeyObject[]): PublicKeys {
  return { keys: keys.map(toPublicKey) };
}

/** Named after itself (RFC 7638), so that two processes with one setting name it alike. */
export function toPublicKey(key: KeyObject): PublicKeys['keys'][number] {
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return { kid, kty: 'RSA', n, e, alg: 'RS256', use: 'sig' };
}

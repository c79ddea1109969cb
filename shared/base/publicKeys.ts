import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A JSON Web Key Set (RFC 7517 section 5) of signing keys. */
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

/** The key's id is its thumbprint (RFC 7638), so two processes with the same setting use the same id. */
export function toPublicKey(key: KeyObject): PublicKeys['keys'][number] {
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return { kid, kty: 'RSA', n, e, alg: 'RS256', use: 'sig' };
}

import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { Signer } from './wrongTokens.ts';

/** A signer with a key of its own. Each token has the usual claims unless others are given. */
export async function createSigner(usual: JWTPayload): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'current';
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return {
    sign: (claims, header = {}) =>
      new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid, ...header })
        .sign(privateKey),
    publicKey: () => Promise.resolve(jwk),
  };
}

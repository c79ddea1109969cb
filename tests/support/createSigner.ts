import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { Signer } from './wrongTokens.ts';

/** Somebody who signs with a key of their own: every token has the usual claims, but for what is given. */
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

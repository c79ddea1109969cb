import { SignJWT } from 'jose';
import { toPublicKey } from '../../base/publicKeys.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { SecurityEvent } from './toSecurityEvents.ts';

/**
 * The event as a signed token (RFC 8417), with RS256 as the CAEP interoperability profile requires. It has no `sub` and
 * no `exp`, so nobody can use it as an access token.
 */
export function signSecurityEvent(
  { issuer, signingKeys }: SsfConfig,
  event: SecurityEvent,
  audience: string,
  at: Date,
): Promise<string> {
  const [key] = signingKeys;
  const iat = Math.floor(at.getTime() / 1000);
  return new SignJWT({ iss: issuer, aud: audience, iat, ...event })
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: toPublicKey(key).kid })
    .sign(key);
}

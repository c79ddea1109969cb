import { SignJWT } from 'jose';
import { toPublicKey } from '../../base/publicKeys.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { SecurityEvent } from './toSecurityEvents.ts';

/**
 * The event as a signed token (RFC 8417). There is no `sub` and no `exp`, so that it can be taken for no token of access;
 * RS256 as the CAEP interoperability profile has it.
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

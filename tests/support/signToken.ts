import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import type { StackDescription } from '../../infra/local/stack/startStack.ts';

const LIFETIME_IN_SECONDS = 600;

/** A token of a local system's issuer, valid for ten minutes; `claims` are added to the usual ones or replace them. */
export async function signToken(
  stateFolder: string,
  { issuer, audience }: Pick<StackDescription, 'issuer' | 'audience'>,
  claims: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const file = readFileSync(join(stateFolder, 'issuerKeys.json'), 'utf8');
  const { keys } = JSON.parse(file) as { keys: JWK[] };
  const [key] = keys;
  if (key === undefined) throw new TypeError('the issuer has no key');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    aud: audience,
    iat: now,
    nbf: now,
    exp: now + LIFETIME_IN_SECONDS,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '', ...header })
    .sign(await importJWK(key, 'RS256'));
}

import { createRemoteJWKSet, type JWTPayload } from 'jose';
import type { AskedEvaluation, CloudflareTokens } from '../../core/ports/tokens.ts';
import { createJwtVerifier } from './jwtVerifier.ts';

/** Where Access publishes the keys of a team: the one it signs with, and the one before it. */
const CERTS_PATH = '/cdn-cgi/access/certs';

interface Options {
  /** `https://<team>.cloudflareaccess.com`, as it stands in the `iss` claim. */
  readonly teamDomain: string;
  /** The AUD tags of the Access applications that stand before this API. */
  readonly audiences: readonly string[];
}

/** Verifies what Cloudflare Access signs with the keys of one team, and of no other. */
export function createCloudflareTokens({ teamDomain, audiences }: Options): CloudflareTokens {
  const keys = createRemoteJWKSet(new URL(CERTS_PATH, teamDomain));
  const findKeys = (): Promise<typeof keys> => Promise.resolve(keys);
  return {
    applicationTokens: createJwtVerifier({
      issuer: teamDomain,
      audiences,
      findKeys,
      read: toServiceName,
    }),
    // Its audience is documented nowhere. What makes it an evaluation's, and unlike any other token of the team, is
    // its `nonce`.
    evaluationTokens: createJwtVerifier({ issuer: teamDomain, findKeys, read: toAskedEvaluation }),
  };
}

/** The client id of the service token; a person's token has none. */
function toServiceName({ common_name: name }: JWTPayload): string {
  return typeof name === 'string' && name !== '' ? name : 'cloudflareAccess';
}

function toAskedEvaluation({ nonce, identity }: JWTPayload): AskedEvaluation {
  const email =
    typeof identity === 'object' && identity !== null && 'email' in identity
      ? identity.email
      : undefined;
  return {
    ...(typeof nonce === 'string' && nonce !== '' ? { nonce } : {}),
    ...(typeof email === 'string' && email !== '' ? { email } : {}),
  };
}

import { createRemoteJWKSet, type JWTPayload } from 'jose';
import type { EvaluationRequest, CloudflareTokens } from '../../core/ports/tokens.ts';
import { createJwtVerifier } from './jwtVerifier.ts';

/** The path at which Access publishes a team's keys: the signing key and the previous one. */
const CERTS_PATH = '/cdn-cgi/access/certs';

interface Options {
  /** `https://<team>.cloudflareaccess.com`, exactly as in the `iss` claim. */
  readonly teamDomain: string;
  /** The AUD tags of the Access applications in front of this API. */
  readonly audiences: readonly string[];
}

/** Verifies tokens that Cloudflare Access signs with the keys of one team. */
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
    // Cloudflare does not document the audience. The `nonce` distinguishes an evaluation token from the team's others.
    evaluationTokens: createJwtVerifier({ issuer: teamDomain, findKeys, read: toAskedEvaluation }),
  };
}

/** The client id of the service token. A person's token has none. */
function toServiceName({ common_name: name }: JWTPayload): string {
  return typeof name === 'string' && name !== '' ? name : 'cloudflareAccess';
}

function toAskedEvaluation({ nonce, identity }: JWTPayload): EvaluationRequest {
  const email =
    typeof identity === 'object' && identity !== null && 'email' in identity
      ? identity.email
      : undefined;
  return {
    ...(typeof nonce === 'string' && nonce !== '' ? { nonce } : {}),
    ...(typeof email === 'string' && email !== '' ? { email } : {}),
  };
}

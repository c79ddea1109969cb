import type { AccessToken, TokenCredential } from '@azure/identity';

/** A token is asked for anew this long before it expires. */
const MARGIN_IN_MILLISECONDS = 5 * 60 * 1000;

/**
 * The credential, with each token kept until it nearly expires. GitHub's federated assertion lives for five minutes, so a
 * pipeline gets no token for a new scope after that (AADSTS700024; Azure/login#180 and #372): ask for every scope at the
 * start.
 */
export function rememberTokens(credential: TokenCredential): TokenCredential {
  const kept = new Map<string, AccessToken>();
  return {
    async getToken(scopes, options) {
      const key = String(scopes);
      const known = kept.get(key);
      if (known !== undefined && known.expiresOnTimestamp - MARGIN_IN_MILLISECONDS > Date.now())
        return known;
      const token = await credential.getToken(scopes, options);
      if (token !== null) kept.set(key, token);
      return token;
    },
  };
}

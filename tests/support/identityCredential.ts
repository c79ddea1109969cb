import type { TokenCredential } from '@azure/identity';

/**
 * The credential that `DefaultAzureCredential` finds in App Service: it gets its tokens from `IDENTITY_ENDPOINT`. That
 * class reads the endpoint once a process, so a test that calls a command line in process passes this one.
 */
export function identityCredential(endpoint: string): TokenCredential {
  return {
    async getToken(scope) {
      const resource = String(scope).replace('/.default', '');
      const response = await fetch(`${endpoint}?resource=${encodeURIComponent(resource)}`, {
        headers: { 'x-identity-header': 'here' },
      });
      const answer = (await response.json()) as {
        readonly access_token: string;
        readonly expires_on: string;
        readonly error_description?: string;
      };
      if (!response.ok) throw new Error(answer.error_description);
      const { access_token: token, expires_on: seconds } = answer;
      return { token, expiresOnTimestamp: Number(seconds) * 1000 };
    },
  };
}

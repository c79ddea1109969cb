import type { TokenCredential } from '@azure/identity';

const SCOPE = 'https://vault.azure.net/.default';
const API_VERSION = '7.4';
const TIMEOUT_IN_MILLISECONDS = 30_000;

/** One request below `/secrets` of a vault (learn.microsoft.com/rest/api/keyvault/secrets); a `body` is put there. */
export async function askKeyVault(
  vault: string,
  path: string,
  credential: TokenCredential,
  body?: object,
): Promise<Response> {
  const token = (await credential.getToken(SCOPE))?.token ?? '';
  return fetch(new URL(`/secrets/${path}?api-version=${API_VERSION}`, vault), {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

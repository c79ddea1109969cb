import type { TokenCredential } from '@azure/identity';

const SCOPE = 'https://vault.azure.net/.default';
const API_VERSION = '7.4';
const TIMEOUT_IN_MILLISECONDS = 30_000;

/** A vault, and the identity that reads and writes it. */
export interface KeyVault {
  /** `https://{name}.vault.azure.net` */
  readonly uri: string;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
}

/** Sends one request below `/secrets` (learn.microsoft.com/rest/api/keyvault/secrets): PUT with a `body`, else GET. */
export async function requestKeyVault(
  { uri, credential, fetch }: KeyVault,
  path: string,
  body?: object,
): Promise<Response> {
  const token = (await credential.getToken(SCOPE))?.token ?? '';
  return fetch(new URL(`/secrets/${path}?api-version=${API_VERSION}`, uri), {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

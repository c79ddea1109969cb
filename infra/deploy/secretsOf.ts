import type { TokenCredential } from '@azure/identity';

const SCOPE = 'https://vault.azure.net/.default';
const API_VERSION = '7.4';
const TIMEOUT_IN_MILLISECONDS = 30_000;

/**
 * Which of `names` are not in the vault; `undefined` where whoever is signed in may not look. Their values are not read:
 * the versions of a secret say that it is there.
 */
export async function findMissingSecrets(
  vault: string,
  names: readonly string[],
  credential: TokenCredential,
): Promise<readonly string[] | undefined> {
  const missing: string[] = [];
  for (const name of names) {
    const token = (await credential.getToken(SCOPE))?.token ?? '';
    const url = new URL(`/secrets/${name}/versions?api-version=${API_VERSION}`, vault);
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
    });
    if (response.status === 401 || response.status === 403) return undefined;
    const { value = [] } = (response.ok ? await response.json() : {}) as {
      readonly value?: readonly unknown[];
    };
    if (value.length === 0) missing.push(name);
  }
  return missing;
}

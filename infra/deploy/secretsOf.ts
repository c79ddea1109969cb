import type { TokenCredential } from '@azure/identity';
import { askKeyVault } from '../ops/keyVault.ts';

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
    const response = await askKeyVault(vault, `${name}/versions`, credential);
    if (response.status === 401 || response.status === 403) return undefined;
    const { value = [] } = (response.ok ? await response.json() : {}) as {
      readonly value?: readonly unknown[];
    };
    if (value.length === 0) missing.push(name);
  }
  return missing;
}

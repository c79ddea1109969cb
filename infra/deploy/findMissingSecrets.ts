import { requestKeyVault, type KeyVault } from '../cli/keyVault.ts';

/**
 * Returns the `names` that the vault does not contain; `undefined` if the signed-in identity may not read it. Lists only
 * the versions of each secret, never its value.
 */
export async function findMissingSecrets(
  vault: KeyVault,
  names: readonly string[],
): Promise<readonly string[] | undefined> {
  const missing: string[] = [];
  for (const name of names) {
    const response = await requestKeyVault(vault, `${name}/versions`);
    if (response.status === 401 || response.status === 403) return undefined;
    const { value = [] } = (response.ok ? await response.json() : {}) as {
      readonly value?: readonly unknown[];
    };
    if (value.length === 0) missing.push(name);
  }
  return missing;
}

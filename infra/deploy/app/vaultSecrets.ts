import type { DeployRun } from '../deployRun.ts';

const API_VERSION = '2023-07-01';

/** The secrets of a vault. */
export interface VaultSecrets {
  has(name: string): Promise<boolean>;
  write(name: string, value: string): Promise<void>;
}

/**
 * The vault's secrets through Azure Resource Manager. It reads no value, and the vault's network rules do not keep it out,
 * so it works from outside of a private network (learn.microsoft.com/rest/api/keyvault/keyvault/secrets/create-or-update;
 * MicrosoftDocs/azure-docs#68668).
 */
export function openVault({ arm, scope }: DeployRun, vaultName: string): VaultSecrets {
  const pathOf = (name: string): string =>
    `${scope}/providers/Microsoft.KeyVault/vaults/${vaultName}/secrets/${name}?api-version=${API_VERSION}`;
  return {
    has: async (name) => (await arm.run('GET', pathOf(name))) !== undefined,
    async write(name, value) {
      const attributes = { enabled: true };
      await arm.run('PUT', pathOf(name), { properties: { value, attributes } });
    },
  };
}

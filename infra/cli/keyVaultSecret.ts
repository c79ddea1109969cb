import { requestKeyVault, type KeyVault } from './keyVault.ts';

/** One secret of a vault. */
export interface KeyVaultSecret {
  /** @throws Error with the status if Key Vault refuses. */
  read(): Promise<string>;
  /** Writes a new version. @throws Error with the status if Key Vault refuses. */
  write(value: string): Promise<void>;
}

/**
 * An app setting that refers to a secret is read again within 24 hours, or after this request
 * (learn.microsoft.com/azure/app-service/app-service-key-vault-references, "Understand rotation").
 */
export const REFRESH_NOTE =
  'The app reads the secret again within a day. To make it read now: az rest --method post --url "https://management.azure.com<resource id of the app>/config/configreferences/appsettings/refresh?api-version=2022-03-01"';

export function openKeyVaultSecret(vault: KeyVault, name: string): KeyVaultSecret {
  const request = async (body?: object): Promise<string> => {
    const response = await requestKeyVault(vault, encodeURIComponent(name), body);
    if (!response.ok) throw new Error(`Key Vault answered ${String(response.status)}`);
    return ((await response.json()) as { readonly value: string }).value;
  };
  return {
    read: () => request(),
    async write(value) {
      await request({ value, attributes: { enabled: true } });
    },
  };
}

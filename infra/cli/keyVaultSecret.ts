import { asJsonObject } from '../../shared/base/jsonObject.ts';
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
    if (!response.ok) throw new Error(await toRefusal(response));
    return ((await response.json()) as { readonly value: string }).value;
  };
  return {
    read: () => request(),
    async write(value) {
      await request({ value, attributes: { enabled: true } });
    },
  };
}

/** Two refusals have the same status: the network's, which no role mends, and that of a missing role. */
const REFUSALS: Readonly<Record<string, string>> = {
  ForbiddenByConnection: ': its network is closed to you, whatever your role',
  ForbiddenByFirewall: ': its firewall is closed to your address, whatever your role',
  ForbiddenByRbac: ': you have no role that allows it',
};

/** learn.microsoft.com/azure/key-vault/general/rest-error-codes, "HTTP 403". */
async function toRefusal(response: Response): Promise<string> {
  const body = asJsonObject(await response.json().catch(() => undefined));
  const { code } = asJsonObject(asJsonObject(body?.['error'])?.['innererror']) ?? {};
  return `Key Vault answered ${String(response.status)}${REFUSALS[String(code)] ?? ''}`;
}

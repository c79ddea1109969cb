import { requestKeyVault, type KeyVault } from './keyVault.ts';

/** The secrets that SEP Mobile may sign with. During rotation the second is the new one. */
type WebhookSecretPair = readonly [string, string | undefined];

/** The place of these secrets. */
export interface WebhookSecretStore {
  read(): Promise<WebhookSecretPair>;
  write(secrets: WebhookSecretPair): Promise<void>;
  /** Whether the system uses the written secrets, as far as this process can see. */
  isApplied(): Promise<boolean>;
  /** Manual steps that remain. */
  readonly notes: readonly string[];
}

/**
 * Both secrets in one value of Key Vault, separated by a space. The app reads an app setting that refers to it once a
 * day, or after a refresh request.
 */
export function openKeyVaultSecrets(vault: KeyVault, name: string): WebhookSecretStore {
  const request = async (body?: object): Promise<string> => {
    const response = await requestKeyVault(vault, encodeURIComponent(name), body);
    if (!response.ok) throw new Error(`Key Vault answered ${String(response.status)}`);
    return ((await response.json()) as { readonly value: string }).value;
  };
  return {
    async read() {
      const [first = '', second] = (await request()).split(/\s+/);
      return [first, second];
    },
    async write(secrets) {
      const value = secrets.filter((each) => each !== undefined).join(' ');
      await request({ value, attributes: { enabled: true } });
    },
    isApplied: () => Promise.resolve(true),
    notes: [
      'The app reads the secret again within a day. To make it read now: az rest --method post --url "https://management.azure.com<resource id of the app>/config/configreferences/appsettings/refresh?api-version=2022-03-01"',
    ],
  };
}

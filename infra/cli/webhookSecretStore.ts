import type { KeyVault } from './keyVault.ts';
import { openKeyVaultSecret, REFRESH_NOTE } from './keyVaultSecret.ts';

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

/** Both secrets in one value of Key Vault, separated by a space. */
export function openKeyVaultSecrets(vault: KeyVault, name: string): WebhookSecretStore {
  const stored = openKeyVaultSecret(vault, name);
  return {
    async read() {
      const [first = '', second] = (await stored.read()).split(/\s+/);
      return [first, second];
    },
    write: (secrets) => stored.write(secrets.filter((each) => each !== undefined).join(' ')),
    isApplied: () => Promise.resolve(true),
    notes: [REFRESH_NOTE],
  };
}

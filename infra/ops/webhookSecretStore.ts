import type { TokenCredential } from '@azure/identity';
import { askKeyVault } from './keyVault.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWebhookSecrets, writeWebhookSecrets } from '../local/stack/secrets.ts';
import type { StackDescription } from '../local/stack/startStack.ts';

/** What SEP Mobile may sign with: one secret, or two of which the second takes the first's place. */
export type WebhookSecretPair = readonly [string, string | undefined];

/** Where these secrets stand. */
export interface WebhookSecretStore {
  read(): Promise<WebhookSecretPair>;
  write(secrets: WebhookSecretPair): Promise<void>;
  /** Whether the system goes by what was written; as far as can be known from here. */
  isTakenUp(): Promise<boolean>;
  /** What is left to do by hand. */
  readonly notes: readonly string[];
}

/** In the folder of a local system, which takes a change up by itself. */
export function openLocalSecrets(folder: string): WebhookSecretStore {
  return {
    read() {
      const { webhookSecret, nextWebhookSecret } = readWebhookSecrets(folder);
      return Promise.resolve([webhookSecret, nextWebhookSecret]);
    },
    write([webhookSecret, nextWebhookSecret]) {
      const next = nextWebhookSecret === undefined ? {} : { nextWebhookSecret };
      writeWebhookSecrets(folder, { webhookSecret, ...next });
      return Promise.resolve();
    },
    isTakenUp() {
      const wanted = readWebhookSecrets(folder);
      const { webhookSecret, nextWebhookSecret } = JSON.parse(
        readFileSync(join(folder, 'stack.json'), 'utf8'),
      ) as StackDescription;
      return Promise.resolve(
        webhookSecret === wanted.webhookSecret && nextWebhookSecret === wanted.nextWebhookSecret,
      );
    },
    notes: [],
  };
}

/**
 * In a secret of Key Vault, both in one value. An app setting that refers
 * to it is read anew once a day, or when the app is asked to.
 */
export function openKeyVaultSecrets(
  vault: string,
  name: string,
  credential: TokenCredential,
): WebhookSecretStore {
  const call = async (body?: object): Promise<string> => {
    const response = await askKeyVault(vault, encodeURIComponent(name), credential, body);
    if (!response.ok) throw new Error(`Key Vault answered ${String(response.status)}`);
    return ((await response.json()) as { readonly value: string }).value;
  };
  return {
    async read() {
      const [first = '', second] = (await call()).split(/\s+/);
      return [first, second];
    },
    async write(secrets) {
      const value = secrets.filter((each) => each !== undefined).join(' ');
      await call({ value, attributes: { enabled: true } });
    },
    isTakenUp: () => Promise.resolve(true),
    notes: [
      'The app takes it up within a day, or at once after: az rest --method post --url "https://management.azure.com<resource id of the app>/config/configreferences/appsettings/refresh?api-version=2022-03-01"',
    ],
  };
}

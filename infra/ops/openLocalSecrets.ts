import type { WebhookSecretStore } from '../cli/webhookSecretStore.ts';
import { readWebhookSecrets, writeWebhookSecrets } from '../local/stack/secrets.ts';
import { readLocalSystem } from './localSystem.ts';

/** The secrets in the folder of a local system, which reloads them by itself. */
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
    isApplied() {
      const wanted = readWebhookSecrets(folder);
      const { webhookSecret, nextWebhookSecret } = readLocalSystem(folder);
      return Promise.resolve(
        webhookSecret === wanted.webhookSecret && nextWebhookSecret === wanted.nextWebhookSecret,
      );
    },
    notes: [],
  };
}

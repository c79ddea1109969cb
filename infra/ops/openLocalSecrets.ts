import { isDeepStrictEqual } from 'node:util';
import type { WebhookSecretStore } from '../cli/webhookSecretStore.ts';
import type { CallerKeyStore } from '../cli/callerKeyStore.ts';
import {
  readLocalCallerKeys,
  readWebhookSecrets,
  writeLocalCallerKeys,
  writeWebhookSecrets,
} from '../local/stack/secrets.ts';
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

/** The keys of callers in the folder of a local system. A caller whose key is removed gets a new one. */
export function openLocalCallerKeys(folder: string): CallerKeyStore {
  return {
    read: () =>
      Promise.resolve(
        Object.entries(readLocalCallerKeys(folder)).map(([name, key]) => `${name}=${key}`),
      ),
    write(entries) {
      const keys = entries.map((entry) => entry.split('=', 2) as [string, string]);
      writeLocalCallerKeys(folder, Object.fromEntries(keys));
      return Promise.resolve();
    },
    isApplied() {
      const { callerKeys } = readLocalSystem(folder);
      return Promise.resolve(isDeepStrictEqual(callerKeys, readLocalCallerKeys(folder)));
    },
    notes: ['`.local/stack.json` has the new key of this caller.'],
  };
}

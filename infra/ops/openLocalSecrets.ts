import { isDeepStrictEqual } from 'node:util';
import type { WebhookSecretStore } from '../cli/webhookSecretStore.ts';
import type { EntryStore } from '../cli/entryStore.ts';
import {
  readLocalCallerKeys,
  readLocalSourceSecrets,
  readWebhookSecrets,
  writeLocalCallerKeys,
  writeLocalSourceSecrets,
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
export function openLocalCallerKeys(folder: string): EntryStore {
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

/** The secrets of event sources in the folder of a local system. */
export function openLocalSourceSecrets(folder: string): EntryStore {
  return {
    read: () =>
      Promise.resolve(
        Object.entries(readLocalSourceSecrets(folder)).flatMap(([id, secrets]) =>
          secrets.map((secret) => `${id}=${secret}`),
        ),
      ),
    write(entries) {
      writeLocalSourceSecrets(folder, groupById(entries));
      return Promise.resolve();
    },
    isApplied() {
      const { eventSourceSecrets } = readLocalSystem(folder);
      return Promise.resolve(isDeepStrictEqual(eventSourceSecrets, readLocalSourceSecrets(folder)));
    },
    notes: [],
  };
}

/** A secret may hold a `=` itself, so only the first one separates. */
function groupById(entries: readonly string[]): Record<string, string[]> {
  const secrets: Record<string, string[]> = {};
  for (const entry of entries) {
    const at = entry.indexOf('=');
    (secrets[entry.slice(0, at)] ??= []).push(entry.slice(at + 1));
  }
  return secrets;
}

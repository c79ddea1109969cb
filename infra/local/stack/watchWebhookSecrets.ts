import { unwatchFile, watchFile } from 'node:fs';
import { readWebhookSecrets, secretsFile } from './secrets.ts';

const INTERVAL_IN_MILLISECONDS = 250;

/** Calls `onChange` when the webhook secrets in the folder change; returns a function that stops watching. */
export function watchWebhookSecrets(folder: string, onChange: () => void): () => void {
  const file = secretsFile(folder);
  let known = JSON.stringify(readWebhookSecrets(folder));
  watchFile(file, { interval: INTERVAL_IN_MILLISECONDS, persistent: false }, () => {
    const current = JSON.stringify(readWebhookSecrets(folder));
    if (current === known) return;
    known = current;
    onChange();
  });
  return () => unwatchFile(file);
}

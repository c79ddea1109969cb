import { unwatchFile, watchFile } from 'node:fs';
import {
  readLocalCallerKeys,
  readLocalSourceSecrets,
  readWebhookSecrets,
  secretsFile,
} from './secrets.ts';

const INTERVAL_IN_MILLISECONDS = 250;

/**
 * Calls `onChange` when the webhook secrets, the keys of callers or the secrets of event sources in the folder change;
 * returns a function that stops watching.
 */
export function watchRotatedSecrets(folder: string, onChange: () => void): () => void {
  const file = secretsFile(folder);
  const read = (): string =>
    JSON.stringify([
      readWebhookSecrets(folder),
      readLocalCallerKeys(folder),
      readLocalSourceSecrets(folder),
    ]);
  let known = read();
  watchFile(file, { interval: INTERVAL_IN_MILLISECONDS, persistent: false }, () => {
    const current = read();
    if (current === known) return;
    known = current;
    onChange();
  });
  return () => unwatchFile(file);
}

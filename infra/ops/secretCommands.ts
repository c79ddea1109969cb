import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError, type Commands, type Result } from '../cli/command.ts';
import type { OpsTarget } from './opsTarget.ts';
import type { WebhookSecretStore } from './webhookSecretStore.ts';

const SECRET_LENGTH_IN_BYTES = 32;
const POLL_INTERVAL_IN_MILLISECONDS = 100;
const PATIENCE_IN_MILLISECONDS = 30_000;

/** The secret that SEP Mobile signs with: first both are good, then the new one alone. */
export const SECRET_COMMANDS: Commands = {
  'webhook-secret begin': async (target, _argument, options) => {
    const store = openStore(target, options);
    const [current, next] = await store.read();
    if (next !== undefined)
      throw new Error('two secrets are good already: `webhook-secret finish` ends that');
    const secret = `whsec_${randomBytes(SECRET_LENGTH_IN_BYTES).toString('base64')}`;
    await store.write([current, secret]);
    return toRotated(store, 'begun', { secret }, [
      'Put this secret into SEP Mobile’s console; it is shown this once:',
      secret,
      'Both are good until `npm run ops -- webhook-secret finish`.',
    ]);
  },
  'webhook-secret finish': async (target, _argument, options) => {
    const store = openStore(target, options);
    const [, next] = await store.read();
    if (next === undefined) throw new Error('one secret alone is good: there is nothing to finish');
    await store.write([next, undefined]);
    return toRotated(store, 'finished', {}, ['The new secret alone is good.']);
  },
};

function openStore(
  target: OpsTarget,
  options: { readonly 'key-vault'?: string | undefined; readonly secret?: string | undefined },
): WebhookSecretStore {
  const { 'key-vault': vault, secret } = options;
  if ((vault === undefined) !== (secret === undefined))
    throw new UsageError('--key-vault and --secret are said together');
  return target.webhookSecrets(vault, secret);
}

async function toRotated(
  store: WebhookSecretStore,
  state: string,
  value: object,
  lines: readonly string[],
): Promise<Result> {
  const endsAt = Date.now() + PATIENCE_IN_MILLISECONDS;
  while (!(await store.isTakenUp())) {
    if (Date.now() > endsAt) throw new Error('it is written, but the system does not take it up');
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
  const { notes } = store;
  return { value: { state, ...value, notes }, lines: [...lines, ...notes] };
}

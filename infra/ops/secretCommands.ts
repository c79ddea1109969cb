import { randomBytes } from 'node:crypto';
import { UsageError } from '../cli/command.ts';
import type { WebhookSecretStore } from '../cli/webhookSecretStore.ts';
import type { OpsCall, OpsCommands, OpsResult } from './opsCommand.ts';
import { untilApplied } from './untilApplied.ts';

const SECRET_LENGTH_IN_BYTES = 32;

/** Rotates the secret that SEP Mobile signs with: `begin` accepts the new one too, `finish` rejects the old one. */
export const SECRET_COMMANDS: OpsCommands = {
  'webhook-secret begin': {
    options: ['key-vault', 'secret'],
    run: begin,
  },
  'webhook-secret finish': {
    options: ['key-vault', 'secret'],
    run: finish,
  },
};

async function begin(call: OpsCall): Promise<OpsResult> {
  const store = await openStore(call);
  const [current, next] = await store.read();
  if (next !== undefined)
    throw new Error('two secrets are already valid: run `webhook-secret finish` first');
  const secret = `whsec_${randomBytes(SECRET_LENGTH_IN_BYTES).toString('base64')}`;
  await store.write([current, secret]);
  return toRotated(store, 'begun', { secret }, [
    'Enter this secret in the SEP Mobile console. It is shown only once:',
    secret,
    'Both secrets are valid until `npm run ops -- webhook-secret finish`.',
  ]);
}

async function finish(call: OpsCall): Promise<OpsResult> {
  const store = await openStore(call);
  const [, next] = await store.read();
  if (next === undefined)
    throw new Error('only one secret is valid, so there is nothing to finish');
  await store.write([next, undefined]);
  return toRotated(store, 'finished', {}, ['Only the new secret is valid now.']);
}

function openStore({ target, options }: OpsCall): Promise<WebhookSecretStore> {
  const { 'key-vault': vault, secret } = options;
  if ((vault === undefined) !== (secret === undefined))
    throw new UsageError('--key-vault and --secret must be given together');
  return target.webhookSecrets(vault, secret);
}

/** Waits until the system uses the written secrets. @throws Error after half a minute. */
async function toRotated(
  store: WebhookSecretStore,
  state: string,
  value: object,
  lines: readonly string[],
): Promise<OpsResult> {
  await untilApplied(store);
  const { notes } = store;
  return { value: { state, ...value, notes }, lines: [...lines, ...notes] };
}

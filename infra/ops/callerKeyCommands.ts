import { UsageError } from '../cli/command.ts';
import type { EntryStore } from '../cli/entryStore.ts';
import { untilApplied } from './untilApplied.ts';
import { toList, type OpsCall, type OpsCommands, type OpsResult } from './opsCommand.ts';

/** Lists the callers that have keys, and revokes the keys of one: `CALLER_KEYS` or `NAC_KEYS`. */
export const CALLER_KEY_COMMANDS: OpsCommands = {
  'caller-key list': { options: ['key-vault', 'secret'], run: list },
  'caller-key revoke': {
    options: ['key-vault', 'secret'],
    checkArgument(name) {
      if (!/^[A-Za-z0-9-]{1,64}$/.test(name))
        throw new UsageError('`caller-key revoke` needs the name of a caller');
    },
    run: revoke,
  },
};

interface Entry {
  readonly name: string;
  /** The endpoints and resources that limit the key; empty if nothing does. */
  readonly limits: string;
}

/** An entry without its key. */
function toEntry(text: string): Entry {
  const [, name = '', limits = ''] = /^([^=]*)=[^@]*(?:@(.*))?$/.exec(text) ?? [];
  return { name, limits };
}

async function list(call: OpsCall): Promise<OpsResult> {
  const entries = (await (await openStore(call)).read()).map(toEntry);
  return toList(entries, ({ name, limits }) => `${name}  ${limits === '' ? 'no limits' : limits}`);
}

/** Removes every key of the caller, so also the second one during a rotation. */
async function revoke(call: OpsCall): Promise<OpsResult> {
  const { argument: name } = call;
  const store = await openStore(call);
  const entries = await store.read();
  const left = entries.filter((entry) => toEntry(entry).name !== name);
  const revoked = entries.length - left.length;
  if (revoked === 0) throw new Error(`no caller \`${name}\` has a key`);
  await store.write(left);
  await untilApplied(store);
  const { notes } = store;
  return {
    value: { name, revoked, notes },
    lines: [`revoked ${String(revoked)} of \`${name}\``, ...notes],
  };
}

function openStore({ target, options }: OpsCall): Promise<EntryStore> {
  const { 'key-vault': vault, secret } = options;
  if ((vault === undefined) !== (secret === undefined))
    throw new UsageError('--key-vault and --secret must be given together');
  return target.callerKeys(vault, secret);
}

import { parseArgs } from 'node:util';
import { QUEUES } from '../../shared/resources.ts';
import { runMain, UsageError, type Commands } from '../cli/command.ts';
import { DEAD_LETTER_COMMANDS } from './deadLetterCommands.ts';
import { openOpsTarget } from './opsTarget.ts';
import { QUARANTINE_COMMANDS } from './quarantineCommands.ts';
import { SECRET_COMMANDS } from './secretCommands.ts';
import { SYSTEM_COMMANDS } from './systemCommands.ts';

const USAGE = `usage: npm run ops -- <command> [options]

  status                                        what an operator looks at first
  dead-letters list|show|replay|drop <queue>    ${QUEUES.map(({ name }) => name).join(' or ')}
      --id N, --code CODE, --device ID          those alone that fit
      --yes                                     drop without asking
  quarantine list|show|replay|drop [<name>]     requests of which something was rejected
      --all, --code CODE                        all of them, or those that fit
  webhook-secret begin|finish                   a new one beside the old one; the new one alone
      --key-vault https://… --secret NAME       where it stands of a deployed system
  reevaluate [--device ID] [--no-wait]          one device, or all
  streams list                                  who is told by CAEP events
  streams pause|resume <stream id>              keep everything for it; let it go
  silence-breaker show|confirm                  whether it holds; the devices are silent indeed
  entra write [--device ID]                     what the devices are, into their attributes in Entra
  enrolment show|confirm                        from Graph; the devices have left indeed

  --json                                        one JSON document on standard output
  --folder DIR                                  the local system of another folder than .local
  --api https://… --audience api://… --service-bus NAMESPACE.servicebus.windows.net
                                                a deployed system, as whoever is signed in (az login)

Ends with 0 if it was done, 1 if not or not all of it, 2 if it was not understood.`;

const options = {
  id: { type: 'string' },
  code: { type: 'string' },
  device: { type: 'string' },
  secret: { type: 'string' },
  'key-vault': { type: 'string' },
  all: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  wait: { type: 'boolean', default: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  folder: { type: 'string', default: '.local' },
  api: { type: 'string' },
  audience: { type: 'string' },
  'service-bus': { type: 'string' },
} as const;

const COMMANDS: Commands = {
  ...SYSTEM_COMMANDS,
  ...DEAD_LETTER_COMMANDS,
  ...QUARANTINE_COMMANDS,
  ...SECRET_COMMANDS,
};

/** Returns the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options,
    allowPositionals: true,
    allowNegative: true,
  });
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const [noun = '', verb = '', ...others] = positionals;
  const isWord = COMMANDS[noun] !== undefined;
  const command = COMMANDS[isWord ? noun : `${noun} ${verb}`];
  const [argument = '', unknown] = isWord ? positionals.slice(1) : others;
  if (command === undefined) throw new UsageError(`there is no command \`${noun} ${verb}\``);
  if (unknown !== undefined) throw new UsageError(`\`${unknown}\` is one word too many`);
  const { api, audience, 'service-bus': serviceBus } = values;
  const target = await openOpsTarget({ api, audience, serviceBus }, values.folder);
  try {
    const { value, lines, isPartial } = await command(target, argument, values);
    console.log(values.json ? JSON.stringify(value) : lines.join('\n'));
    return isPartial === true ? 1 : 0;
  } finally {
    await target.close();
  }
}

runMain(main, 'ops');

import { parseArgs } from 'node:util';
import { QUEUES } from '../../shared/resources.ts';
import { runCommand, UsageError } from '../cli/command.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { DEAD_LETTER_COMMANDS } from './deadLetterCommands.ts';
import type { OpsCommand, OpsCommands } from './opsCommand.ts';
import { openOpsTarget } from './opsTarget.ts';
import { QUARANTINE_COMMANDS } from './quarantineCommands.ts';
import { SECRET_COMMANDS } from './secretCommands.ts';
import { SYSTEM_COMMANDS } from './systemCommands.ts';

const USAGE = `usage: npm run ops -- <command> [options]

  status                                        show what needs attention
  dead-letters list|show|replay|drop <queue>    ${QUEUES.map(({ name }) => name).join(' or ')}
      --id N, --code CODE, --device ID          only messages that match
      --yes                                     drop without asking
  quarantine list|show|replay|drop [<name>]     requests with rejected items
      --all, --code CODE                        all of them, or only those that match
  webhook-secret begin|finish                   begin: accept a new secret too; finish: reject the old one
      --key-vault https://… --secret NAME       where a deployed system stores them
  reevaluate [--device ID] [--no-wait]          evaluate one device, or all
  streams list                                  list the CAEP receivers
  streams pause|resume <stream id>              pause: store its events; resume: deliver them
  silence-breaker show|confirm                  confirm: the devices are really silent
  entra write [--device ID]                     write device states into the Entra attributes
  enrolment show|confirm                        from Microsoft Graph; confirm: the devices have really left

  --json                                        print one JSON document on standard output
  --folder DIR                                  folder of the local system (default .local)
  --api https://… --audience api://… --service-bus NAMESPACE.servicebus.windows.net
                                                a deployed system; uses the identity of \`az login\`

Exit codes: 0 done, 1 failed or only partly done, 2 usage error.`;

const OPTIONS = {
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

const COMMANDS: OpsCommands = {
  ...SYSTEM_COMMANDS,
  ...DEAD_LETTER_COMMANDS,
  ...QUARANTINE_COMMANDS,
  ...SECRET_COMMANDS,
};

/** Runs `npm run ops -- {argv}` and returns its exit code. */
export function runOps(argv: readonly string[], io: CommandIo): Promise<number> {
  return runCommand('ops', io, async () => {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
      allowNegative: true,
    });
    if (values.help || positionals.length === 0) {
      io.print(USAGE);
      return values.help ? 0 : 2;
    }
    const { command, argument } = findCommand(positionals);
    const { api, audience, 'service-bus': serviceBus, folder } = values;
    const target = await openOpsTarget({ api, audience, serviceBus }, folder, io);
    try {
      const { value, lines, isPartial } = await command({ target, argument, options: values, io });
      io.print(values.json ? JSON.stringify(value) : lines.join('\n'));
      return isPartial === true ? 1 : 0;
    } finally {
      await target.close();
    }
  });
}

/** @throws UsageError for an unknown command or an unexpected argument. */
function findCommand(words: readonly string[]): {
  readonly command: OpsCommand;
  readonly argument: string;
} {
  const [noun = '', verb = ''] = words;
  const isOneWord = COMMANDS[noun] !== undefined;
  const command = COMMANDS[isOneWord ? noun : `${noun} ${verb}`];
  const [argument = '', unexpected] = words.slice(isOneWord ? 1 : 2);
  if (command === undefined) throw new UsageError(`there is no command \`${noun} ${verb}\``);
  if (unexpected !== undefined) throw new UsageError(`unexpected argument \`${unexpected}\``);
  return { command, argument };
}

import { EVENT_SOURCE_KINDS } from '../../shared/domain/vocabulary/eventSource.ts';
import { QUEUES } from '../../shared/resources.ts';
import { UsageError } from '../cli/command.ts';
import { runCommandLine, type ReadCommandLine } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { findCommand, rejectWords } from '../cli/findCommand.ts';
import { CALLER_KEY_COMMANDS } from './callerKeyCommands.ts';
import { DEAD_LETTER_COMMANDS } from './deadLetterCommands.ts';
import type { OpsCommand, OpsCommands, OpsOptions } from './opsCommand.ts';
import { openOpsTarget } from './opsTarget.ts';
import { QUARANTINE_COMMANDS } from './quarantineCommands.ts';
import { REPORT_COMMANDS } from './reportCommands.ts';
import { SECRET_COMMANDS } from './secretCommands.ts';
import { SOURCE_COMMANDS } from './sourceCommands.ts';
import { SYSTEM_COMMANDS } from './systemCommands.ts';

const USAGE = `usage: npm run ops -- <command> [options]

  status                                        show what needs attention
  dead-letters list|show|replay|drop <queue>    ${QUEUES.map(({ name }) => name).join(' or ')}
      --id N, --code CODE, --device ID          only messages that match
      --yes                                     drop without asking
  quarantine list [--code CODE]                 list requests that were not read whole
  quarantine show <name>                        show one of them
  quarantine replay|drop [<name>]               one of them, or with:
      --all, --code CODE                        all of them, or only those that match
      --yes                                     drop without asking
  report-faults list                            list unknown words in reports, and what they block
  report-faults resolve <fault> --as WORD       a word of the field, \`worst\` or \`nothing\`; --yes: even if it blocks everyone
  report-faults forget <fault>                  count it as the worst again
  reports clear --device ID                     clear the unreadable reports of a device
  webhook-secret begin|finish                   begin: accept a new secret too; finish: reject the old one
      --key-vault https://… --secret NAME       where a deployed system stores them
  caller-key list                               callers that have keys, and the limits of each key
  caller-key revoke <name>                      remove the keys of a caller
      --key-vault https://… --secret NAME       where a deployed system stores them
  sources list|show <id>                        where events come from, and how it goes
  sources add <id> --kind KIND                  ${EVENT_SOURCE_KINDS.join(', ')}
      --name TEXT, --required android,iOS       what people call it; where it has to vouch for a device
      --silence-window SECONDS, --lifetime HOURS
      --header NAME | --query NAME              pushed kinds: where the vendor puts the secret (default: x-api-key)
      --endpoint URL, --stream ID, --channel ID sesEventExport
      --container URL, --prefix TEXT            sesBlob
      --secret-file FILE                        a secret that the vendor gave you
      --key-vault https://… --secret NAME       where a deployed system stores the secret
  sources pull-now|pause|resume <id>            fetch now; pause: its facts stop counting
      --yes                                     even if it blocks everyone
  sources preview <file> --source ID            what events would become; changes nothing
  sources preview <file> --kind KIND            the same without a system, so without the device
  sources unmapped|unmatched <id>               words without a row; devices that are not known
  sources map <id> [--field F --word W --as M]  show your rows; set one; without --as: remove it
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
  as: { type: 'string' },
  'key-vault': { type: 'string' },
  kind: { type: 'string' },
  name: { type: 'string' },
  header: { type: 'string' },
  query: { type: 'string' },
  endpoint: { type: 'string' },
  stream: { type: 'string' },
  channel: { type: 'string' },
  container: { type: 'string' },
  prefix: { type: 'string' },
  required: { type: 'string' },
  'silence-window': { type: 'string' },
  lifetime: { type: 'string' },
  'secret-file': { type: 'string' },
  source: { type: 'string' },
  field: { type: 'string' },
  word: { type: 'string' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
  wait: { type: 'boolean' },
  json: { type: 'boolean' },
  folder: { type: 'string' },
  api: { type: 'string' },
  audience: { type: 'string' },
  'service-bus': { type: 'string' },
} as const;

const COMMANDS: OpsCommands = {
  ...SYSTEM_COMMANDS,
  ...DEAD_LETTER_COMMANDS,
  ...QUARANTINE_COMMANDS,
  ...REPORT_COMMANDS,
  ...SECRET_COMMANDS,
  ...CALLER_KEY_COMMANDS,
  ...SOURCE_COMMANDS,
};

const LINE = { script: 'ops', usage: USAGE, options: OPTIONS, takesCommand: true } as const;

/** The options of all commands. */
const COMMON_OPTIONS: readonly string[] = ['json', 'folder', 'api', 'audience', 'service-bus'];

/** Runs `npm run ops -- {argv}` and returns its exit code. */
export function runOps(argv: readonly string[], io: CommandIo): Promise<number> {
  return runCommandLine(LINE, { argv, io }, async ({ values, words }) => {
    const { command, argument, options } = readCall(words, values);
    const { api, audience, 'service-bus': serviceBus, folder = '.local' } = values;
    const target = await openOpsTarget({ api, audience, serviceBus }, folder, io);
    try {
      const { value, lines, isPartial } = await command.run({ target, argument, options, io });
      io.print(values.json === true ? JSON.stringify(value) : lines.join('\n'));
      return isPartial === true ? 1 : 0;
    } finally {
      await target.close();
    }
  });
}

interface ReadCall {
  readonly command: OpsCommand;
  readonly argument: string;
  readonly options: OpsOptions;
}

/** @throws UsageError for an unknown command, and for a word or an option that the command does not take. */
function readCall(
  words: readonly string[],
  values: ReadCommandLine<typeof OPTIONS>['values'],
): ReadCall {
  const [noun = ''] = words;
  const length = Object.hasOwn(COMMANDS, noun) ? 1 : 2;
  const name = words.slice(0, length).join(' ');
  const command = findCommand(COMMANDS, name);
  const { options: taken = [], checkArgument } = command;
  const allowed = new Set([...COMMON_OPTIONS, ...taken]);
  const unexpected = Object.keys(values).find((option) => !allowed.has(option));
  if (unexpected !== undefined) throw new UsageError(`\`${name}\` does not take --${unexpected}`);
  const argumentCount = checkArgument === undefined ? 0 : 1;
  rejectWords(words.slice(length + argumentCount));
  const options = { all: false, yes: false, wait: true, ...values };
  const [argument = ''] = words.slice(length);
  checkArgument?.(argument, options);
  return { command, argument, options };
}

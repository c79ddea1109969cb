import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { QUEUES } from '../../shared/resources.ts';
import { listDeadLetters, settleDeadLetters, type DeadLetterFilter } from './deadLetters.ts';
import { openOpsTarget, type OpsTarget } from './opsTarget.ts';

const USAGE = `usage: npm run ops -- <command> [options]

  dead-letters list|show|replay|drop <queue>   ${QUEUES.map(({ name }) => name).join(' or ')}
      --id N, --code CODE, --device ID          those alone that fit
      --yes                                     drop without asking
  streams list                                  who is told by CAEP events
  streams pause|resume <stream id>              keep everything for it; let it go
  silence-breaker show|confirm                  whether it holds; the devices are silent indeed

  --json                                        one JSON document on standard output
  --folder DIR                                  the local system of another folder than .local
  --api https://… --audience api://… --service-bus NAMESPACE.servicebus.windows.net
                                                a deployed system, as whoever is signed in (az login)

Ends with 0 if it was done, 1 if not, 2 if it was not understood.`;

const options = {
  id: { type: 'string' },
  code: { type: 'string' },
  device: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  folder: { type: 'string', default: '.local' },
  api: { type: 'string' },
  audience: { type: 'string' },
  'service-bus': { type: 'string' },
} as const;

type Values = ReturnType<typeof parse>['values'];

function parse(): ReturnType<
  typeof parseArgs<{ options: typeof options; allowPositionals: true }>
> {
  return parseArgs({ options, allowPositionals: true });
}

/** The command was not understood. */
class UsageError extends Error {}

/** What a command gives: for programs the value, for people the lines. */
interface Result {
  readonly value: unknown;
  readonly lines: readonly string[];
}

type Command = (target: OpsTarget, argument: string, values: Values) => Promise<Result>;

const COMMANDS: Readonly<Record<string, Command>> = {
  'dead-letters list': async (target, queue, values) => {
    const found = await listDeadLetters(target.serviceBus(), requireQueue(queue), toFilter(values));
    const value = found.map(({ id, enqueuedDateTime, code, reason, device }) => ({
      id,
      enqueuedDateTime,
      code,
      reason,
      device,
    }));
    const lines = found.map(
      ({ id, enqueuedDateTime, code, device, reason }) =>
        `${id.padStart(6)}  ${enqueuedDateTime}  ${code}  ${device}  ${reason}`,
    );
    return { value, lines: lines.length === 0 ? ['there are none'] : lines };
  },
  'dead-letters show': async (target, queue, values) => {
    const value = await listDeadLetters(target.serviceBus(), requireQueue(queue), toFilter(values));
    return { value, lines: [JSON.stringify(value, null, 2)] };
  },
  'dead-letters replay': (target, queue, values) => settle(target, queue, values, 'replayed'),
  'dead-letters drop': async (target, queue, values) => {
    if (!values.yes && !(await isSure(`Drop dead letters of ${queue} for good?`)))
      throw new Error('nothing was dropped: say --yes');
    return settle(target, queue, values, 'dropped');
  },
  'streams list': async (target) => {
    const value = (await target.request('GET', 'ssf/streams')) as readonly Readonly<
      Record<string, unknown>
    >[];
    const lines = value.map(
      ({ stream_id: id, aud, description = '' }) =>
        `${String(id)}  ${String(aud)}  ${String(description)}`,
    );
    return { value, lines: lines.length === 0 ? ['there are none'] : lines };
  },
  'streams pause': (target, id) => setStatus(target, id, 'paused'),
  'streams resume': (target, id) => setStatus(target, id, 'enabled'),
  'silence-breaker show': async (target) =>
    toResult(await target.request('GET', 'deviceManagement/silenceBreaker')),
  'silence-breaker confirm': async (target) =>
    toResult(await target.request('POST', 'deviceManagement/silenceBreaker/confirm')),
};

async function settle(
  target: OpsTarget,
  queue: string,
  values: Values,
  what: 'replayed' | 'dropped',
): Promise<Result> {
  const client = target.serviceBus();
  const found = await listDeadLetters(client, requireQueue(queue), toFilter(values));
  const ids = found.map(({ id }) => id);
  const all = ids.length;
  const count = await settleDeadLetters(client, queue, ids, what, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${toBar(done, all)}`);
  });
  if (process.stderr.isTTY && all > 0) process.stderr.write('\n');
  return { value: { queue, [what]: count }, lines: [`${what} ${String(count)} of ${queue}`] };
}

const BAR_LENGTH = 30;

function toBar(done: number, all: number): string {
  const filled = Math.min(BAR_LENGTH, Math.round((done / Math.max(1, all)) * BAR_LENGTH));
  return `[${'#'.repeat(filled).padEnd(BAR_LENGTH)}] ${String(done)} of ${String(all)}`;
}

function requireQueue(queue: string): string {
  if (QUEUES.some(({ name }) => name === queue)) return queue;
  throw new UsageError(`\`${queue}\` is no queue of this system`);
}

function toFilter({ id, code, device }: Values): DeadLetterFilter {
  return { id, code, device };
}

async function setStatus(target: OpsTarget, id: string, status: string): Promise<Result> {
  if (id === '') throw new UsageError('a stream has to be named');
  return toResult(await target.request('POST', 'ssf/status', { stream_id: id, status }));
}

function toResult(value: unknown): Result {
  const lines = Object.entries(value as object).map(([name, each]) => `${name}: ${String(each)}`);
  return { value, lines };
}

/** Only somebody who can be asked is asked. */
async function isSure(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Returns the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parse();
  const [noun = '', verb = '', argument = ''] = positionals;
  const command = COMMANDS[`${noun} ${verb}`];
  if (values.help || noun === '') {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  if (command === undefined) throw new UsageError(`there is no command \`${noun} ${verb}\``);
  const { api, audience, 'service-bus': serviceBus } = values;
  const target = openOpsTarget({ api, audience, serviceBus }, values.folder);
  try {
    const { value, lines } = await command(target, argument, values);
    console.log(values.json ? JSON.stringify(value) : lines.join('\n'));
    return 0;
  } finally {
    await target.close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    console.error(error instanceof Error ? error.message : String(error));
    if (isUsage) console.error('`npm run ops -- --help` says what there is');
    process.exitCode = isUsage ? 2 : 1;
  },
);

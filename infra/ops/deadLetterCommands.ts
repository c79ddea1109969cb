import { QUEUES } from '../../shared/resources.ts';
import { UsageError } from '../cli/command.ts';
import { createProgress } from '../cli/createProgress.ts';
import { requireYes } from '../cli/requireYes.ts';
import {
  listDeadLetters,
  settleDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
} from './deadLetters.ts';
import {
  toList,
  type OpsCall,
  type OpsCommands,
  type OpsOptions,
  type OpsResult,
} from './opsCommand.ts';

const FILTER = ['id', 'code', 'device'] as const;

/** The dead letters of a queue. */
export const DEAD_LETTER_COMMANDS: OpsCommands = {
  'dead-letters list': { options: FILTER, checkArgument: requireQueue, run: list },
  'dead-letters show': { options: FILTER, checkArgument: requireQueue, run: show },
  'dead-letters replay': {
    options: FILTER,
    checkArgument: requireQueue,
    run: (call) => settle(call, 'replayed'),
  },
  'dead-letters drop': {
    options: [...FILTER, 'yes'],
    checkArgument: requireQueue,
    async run(call) {
      const question = `Drop dead letters of ${call.argument} permanently?`;
      await requireYes(call.options, question, call.io);
      return settle(call, 'dropped');
    },
  },
};

async function list(call: OpsCall): Promise<OpsResult> {
  const found = await find(call);
  return toList(
    found.map(({ id, enqueuedDateTime, code, reason, devices }) => ({
      id,
      enqueuedDateTime,
      code,
      reason,
      devices,
    })),
    ({ id, enqueuedDateTime, code, devices, reason }) =>
      `${id.padStart(6)}  ${enqueuedDateTime}  ${code}  ${toNames(devices)}  ${reason}`,
  );
}

async function show(call: OpsCall): Promise<OpsResult> {
  const value = await find(call);
  return { value, lines: [JSON.stringify(value, null, 2)] };
}

async function find({ target, argument, options }: OpsCall): Promise<readonly DeadLetter[]> {
  return listDeadLetters(await target.serviceBus(), argument, toFilter(options));
}

async function settle(call: OpsCall, outcome: 'replayed' | 'dropped'): Promise<OpsResult> {
  const { target, argument: queue, options, io } = call;
  const found = await find(call);
  if (options.id !== undefined && found.length === 0)
    throw new Error(`there is no dead letter ${options.id} in ${queue}`);
  // One message may contain signals of several devices, so a drop by device skips it.
  const chosen =
    outcome === 'dropped' && options.device !== undefined
      ? found.filter(({ devices }) => devices.length === 1)
      : found;
  const ids = chosen.map(({ id }) => id);
  const progress = createProgress(io);
  const client = await target.serviceBus();
  const count = await settleDeadLetters(client, queue, ids, outcome, (done) =>
    progress.show(done, ids.length),
  );
  progress.end();
  const kept = found.length - chosen.length;
  return {
    value: { queue, [outcome]: count },
    lines: [
      `${outcome} ${String(count)} of ${queue}`,
      ...(kept === 0
        ? []
        : [`kept ${String(kept)} that also contain signals of other devices: drop them by --id`]),
    ],
    isPartial: count < found.length,
  };
}

const MAX_NAMES = 3;

function toNames(devices: readonly string[]): string {
  const more = devices.length - MAX_NAMES;
  const names = devices.slice(0, MAX_NAMES).join(', ');
  return more > 0 ? `${names} and ${String(more)} more` : names;
}

function requireQueue(queue: string): void {
  if (QUEUES.some(({ name }) => name === queue)) return;
  const names = QUEUES.map(({ name }) => `\`${name}\``).join(' or ');
  throw new UsageError(
    queue === ''
      ? `the queue is missing: give ${names}`
      : `\`${queue}\` is not a queue of this system: give ${names}`,
  );
}

function toFilter({ id, code, device }: OpsOptions): DeadLetterFilter {
  return { id, code, device };
}

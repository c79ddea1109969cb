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

/** The dead letters of a queue. */
export const DEAD_LETTER_COMMANDS: OpsCommands = {
  'dead-letters list': async (call) => {
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
  },
  'dead-letters show': async (call) => {
    const value = await find(call);
    return { value, lines: [JSON.stringify(value, null, 2)] };
  },
  'dead-letters replay': (call) => settle(call, 'replayed'),
  'dead-letters drop': async (call) => {
    const queue = requireQueue(call.argument);
    await requireYes(call.options, `Drop dead letters of ${queue} permanently?`, call.io);
    return settle(call, 'dropped');
  },
};

async function find({ target, argument, options }: OpsCall): Promise<readonly DeadLetter[]> {
  return listDeadLetters(await target.serviceBus(), requireQueue(argument), toFilter(options));
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

function requireQueue(queue: string): string {
  if (QUEUES.some(({ name }) => name === queue)) return queue;
  throw new UsageError(`\`${queue}\` is not a queue of this system`);
}

function toFilter({ id, code, device }: OpsOptions): DeadLetterFilter {
  return { id, code, device };
}

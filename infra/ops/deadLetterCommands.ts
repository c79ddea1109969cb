import { QUEUES } from '../../shared/resources.ts';
import {
  createProgress,
  requireYes,
  toList,
  UsageError,
  type Command,
  type CommandOptions,
  type Commands,
} from '../cli/command.ts';
import { listDeadLetters, settleDeadLetters, type DeadLetterFilter } from './deadLetters.ts';

/** What lies in the dead letters of a queue. */
export const DEAD_LETTER_COMMANDS: Commands = {
  'dead-letters list': async (target, queue, options) => {
    const found = await listDeadLetters(
      await target.serviceBus(),
      requireQueue(queue),
      toFilter(options),
    );
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
  'dead-letters show': async (target, queue, options) => {
    const value = await listDeadLetters(
      await target.serviceBus(),
      requireQueue(queue),
      toFilter(options),
    );
    return { value, lines: [JSON.stringify(value, null, 2)] };
  },
  'dead-letters replay': (...given) => settle(given, 'replayed'),
  'dead-letters drop': async (...given) => {
    const [, queue, options] = given;
    requireQueue(queue);
    await requireYes(options, `Drop dead letters of ${queue} for good?`);
    return settle(given, 'dropped');
  },
};

async function settle(
  [target, queue, options]: Parameters<Command>,
  what: 'replayed' | 'dropped',
): ReturnType<Command> {
  const client = await target.serviceBus();
  const found = await listDeadLetters(client, requireQueue(queue), toFilter(options));
  if (options.id !== undefined && found.length === 0)
    throw new Error(`there is no dead letter ${options.id} in ${queue}`);
  // A message may hold what others need.
  const meant =
    what === 'dropped' && options.device !== undefined
      ? found.filter(({ devices }) => devices.length === 1)
      : found;
  const left = found.length - meant.length;
  const ids = meant.map(({ id }) => id);
  const progress = createProgress();
  const count = await settleDeadLetters(client, queue, ids, what, (done) =>
    progress.show(done, ids.length),
  );
  progress.end();
  return {
    value: { queue, [what]: count },
    lines: [
      `${what} ${String(count)} of ${queue}`,
      ...(left === 0
        ? []
        : [`left ${String(left)} that hold signals of other devices too: drop them by their --id`]),
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
  throw new UsageError(`\`${queue}\` is no queue of this system`);
}

function toFilter({ id, code, device }: CommandOptions): DeadLetterFilter {
  return { id, code, device };
}

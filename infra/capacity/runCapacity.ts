import { UsageError } from '../cli/command.ts';
import { runCommandLine, type ReadCommandLine } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { PLATFORM } from './inputs.ts';
import { USUAL_LOAD, type Load } from './load.ts';
import { toCapacity } from './model.ts';
import { toTable } from './toTable.ts';

const USAGE = `usage: npm run capacity -- [options]

  --devices N,…                          fleet sizes, default 1e4,1e5,1e6,1e7,1e8
  --heartbeat TIME, --slack TIME         90s, 15m or 2h; default 15m and 2h
  --events N, --transitions N, --decisions N
                                         for each device and day
  --events-a-request N                   events in one request of SEP Mobile
  --signals-a-message N                  signals in one message of the queue
  --waiting-receivers N                  receivers of event streams that wait in long polls

Prints a table of resources and monthly costs. It is a model, not a measurement.`;

const OPTIONS = {
  devices: { type: 'string', default: '1e4,1e5,1e6,1e7,1e8' },
  heartbeat: { type: 'string', default: '15m' },
  slack: { type: 'string', default: '2h' },
  events: { type: 'string', default: String(USUAL_LOAD.eventsADay) },
  transitions: { type: 'string', default: String(USUAL_LOAD.transitionsADay) },
  decisions: { type: 'string', default: String(USUAL_LOAD.decisionsADay) },
  'events-a-request': { type: 'string', default: String(USUAL_LOAD.eventsARequest) },
  'signals-a-message': { type: 'string', default: String(USUAL_LOAD.signalsAMessage) },
  'waiting-receivers': { type: 'string', default: String(USUAL_LOAD.waitingReceivers) },
} as const;

/** Runs `npm run capacity -- {argv}` and returns its exit code. */
export function runCapacity(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'capacity', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, ({ values }) => {
    io.print(toTable(readLoads(values).map(toCapacity)));
    io.print(
      `\nA model, not a measurement: list prices noted on ${PLATFORM.notedDate}, resources for twice the average load.`,
    );
    return 0;
  });
}

/** Reads the loads from the options. @throws UsageError if they are wrong. */
function readLoads(values: ReadCommandLine<typeof OPTIONS>['values']): readonly Load[] {
  const load = {
    ...USUAL_LOAD,
    heartbeatInSeconds: Math.max(1, toSeconds('heartbeat', values.heartbeat)),
    slackInSeconds: toSeconds('slack', values.slack),
    eventsADay: toNumber('events', values.events, 0),
    transitionsADay: toNumber('transitions', values.transitions, 0),
    decisionsADay: toNumber('decisions', values.decisions, 0),
    eventsARequest: toNumber('events-a-request', values['events-a-request'], 1),
    signalsAMessage: toNumber('signals-a-message', values['signals-a-message'], 1),
    waitingReceivers: toNumber('waiting-receivers', values['waiting-receivers'], 0),
  };
  return values.devices
    .split(',')
    .map((text) => ({ ...load, devices: toNumber('devices', text, 1) }));
}

const UNITS = { s: 1, m: 60, h: 3600 } as const;

/** @throws UsageError naming the option if the text is no time. */
function toSeconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined)
    throw new UsageError(`--${option} must be a time such as 90s, 15m or 2h, not \`${text}\``);
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** @throws UsageError naming the option if the text is no number, or less than `least`. */
function toNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new UsageError(
      `--${option} must be a number of at least ${String(least)}, not \`${text}\``,
    );
  return value;
}

import { parseArgs } from 'node:util';
import { toCapacity, USUAL_LOAD, type Load } from './model.ts';
import { runMain, UsageError } from '../cli/command.ts';
import { PLATFORM } from './inputs.ts';
import { toTable } from './toTable.ts';

const USAGE = `usage: npm run capacity -- [--devices N,…] [--heartbeat 15m] [--slack 2h] [--events N] [--transitions N]
                          [--decisions N] [--events-a-request N] [--signals-a-message N]

  --devices             how many, 1e4,1e5,1e6,1e7,1e8 unless said otherwise
  --heartbeat, --slack  as 90s, 15m or 2h
  --events, --transitions, --decisions   of a device a day`;

const UNITS = { s: 1, m: 60, h: 3600 } as const;

/** @throws UsageError where it is none, naming the option. */
function toSeconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined)
    throw new UsageError(`--${option} must be a time as 90s, 15m or 2h, not \`${text}\``);
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** @throws UsageError where it is none, naming the option. */
function toNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new UsageError(
      `--${option} must be a number of at least ${String(least)}, not \`${text}\``,
    );
  return value;
}

/** The loads that the arguments ask about. @throws TypeError, UsageError where they are wrong. */
function readLoads(): readonly Load[] | undefined {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '1e4,1e5,1e6,1e7,1e8' },
      heartbeat: { type: 'string', default: '15m' },
      slack: { type: 'string', default: '2h' },
      events: { type: 'string', default: String(USUAL_LOAD.eventsADay) },
      transitions: { type: 'string', default: String(USUAL_LOAD.transitionsADay) },
      decisions: { type: 'string', default: String(USUAL_LOAD.decisionsADay) },
      'events-a-request': { type: 'string', default: String(USUAL_LOAD.eventsARequest) },
      'signals-a-message': { type: 'string', default: String(USUAL_LOAD.signalsAMessage) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const load = {
    ...USUAL_LOAD,
    heartbeatInSeconds: Math.max(1, toSeconds('heartbeat', values.heartbeat)),
    slackInSeconds: toSeconds('slack', values.slack),
    eventsADay: toNumber('events', values.events, 0),
    transitionsADay: toNumber('transitions', values.transitions, 0),
    decisionsADay: toNumber('decisions', values.decisions, 0),
    eventsARequest: toNumber('events-a-request', values['events-a-request'], 1),
    signalsAMessage: toNumber('signals-a-message', values['signals-a-message'], 1),
  };
  return values.devices
    .split(',')
    .map((text) => ({ ...load, devices: toNumber('devices', text, 1) }));
}

function main(): number {
  const loads = readLoads();
  if (loads === undefined) {
    console.log(USAGE);
    return 0;
  }
  console.log(toTable(loads.map(toCapacity)));
  console.log(
    `\nA model, not a measurement: list prices as noted on ${PLATFORM.notedDate}, planned for twice the average.`,
  );
  return 0;
}

runMain(() => Promise.resolve().then(main), 'capacity');

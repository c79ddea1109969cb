import { MAX_SIGNALS_A_MESSAGE } from '../../shared/core/devices/packSignals.ts';
import { COSTS, PLATFORM, SETTINGS } from './inputs.ts';

/** The load of a fleet, and settings of the connector. */
export interface Load {
  readonly devices: number;
  readonly heartbeatInSeconds: number;
  /** `deviceHeartbeatSlackInSeconds`. */
  readonly slackInSeconds: number;
  /** Risks, incidents and telemetry of a device, without heartbeats. */
  readonly eventsADay: number;
  readonly transitionsADay: number;
  readonly decisionsADay: number;
  /** Events in one request of SEP Mobile. */
  readonly eventsARequest: number;
  /** Signals in one message of the queue. */
  readonly signalsAMessage: number;
  /** Messages in one execution of the consumer. */
  readonly messagesAnExecution: number;
}

export const USUAL_LOAD: Omit<Load, 'devices'> = {
  heartbeatInSeconds: 15 * 60,
  slackInSeconds: 2 * 60 * 60,
  eventsADay: 1,
  transitionsADay: 0.05,
  decisionsADay: 50,
  eventsARequest: 100,
  signalsAMessage: MAX_SIGNALS_A_MESSAGE,
  messagesAnExecution: 10,
};

/** A limited resource, and the number of devices that exhausts it. */
export interface Limit {
  readonly what: string;
  readonly devices: number;
}

export interface Capacity {
  readonly devices: number;
  readonly signalsASecond: number;
  /** Of the busiest hour. */
  readonly requestUnitsASecond: number;
  readonly partitions: number;
  readonly messagingUnits: number;
  readonly instances: number;
  readonly dollarsAMonth: {
    readonly database: number;
    readonly queue: number;
    readonly functions: number;
    readonly telemetry: number;
    readonly total: number;
  };
  /** The first setting of the deployment that the fleet exhausts. */
  readonly firstSetting: Limit;
  /** The first limit of the platform that the fleet exhausts. */
  readonly firstLimit: Limit;
}

interface Rates {
  readonly signals: number;
  readonly executions: number;
  readonly reads: number;
  readonly writes: number;
  readonly busyMilliseconds: number;
  readonly bytes: number;
}

/** Computes what a fleet needs and costs. Rates are averages; resources suffice for the busiest hour. */
export function toCapacity(load: Load): Capacity {
  const rates = toRates(load);
  const units = rates.reads * COSTS.requestUnitsARead + rates.writes * COSTS.requestUnitsAWrite;
  const gigabytes = (load.devices * COSTS.bytesADevice) / 1e9;
  const requestUnitsASecond = Math.ceil((COSTS.peak * units) / 100) * 100;
  const messagingUnits = toMessagingUnits(rates.bytes);
  const instances = Math.ceil(instancesFor(rates));
  const hours = PLATFORM.secondsAMonth / 3600;
  const billedUnits = Math.max(
    units,
    PLATFORM.leastShareOfThroughput *
      Math.max(SETTINGS.maximumRequestUnitsASecond, requestUnitsASecond),
  );
  const dollars = {
    database:
      (billedUnits / 100) * PLATFORM.dollarsPer100RequestUnitsAnHour * hours +
      gigabytes * PLATFORM.dollarsPerGigabyteAMonth,
    queue: messagingUnits * PLATFORM.dollarsAnUnitHour * hours,
    functions: toFunctionsDollars(rates),
    telemetry:
      ((recordsOf(rates) * COSTS.bytesARecord * PLATFORM.secondsAMonth) / 1e9) *
      PLATFORM.dollarsPerTelemetryGigabyte,
  };
  const total = dollars.database + dollars.queue + dollars.functions + dollars.telemetry;
  return {
    devices: load.devices,
    signalsASecond: rates.signals,
    requestUnitsASecond,
    partitions: Math.max(
      Math.ceil(requestUnitsASecond / PLATFORM.requestUnitsAPartition),
      Math.ceil(gigabytes / PLATFORM.gigabytesAPartition),
    ),
    messagingUnits,
    instances,
    dollarsAMonth: { ...dollars, total },
    firstSetting: first(load, [
      ['RU/s', SETTINGS.maximumRequestUnitsASecond, COSTS.peak * units],
      ['instances', SETTINGS.maximumInstances, instancesFor(rates)],
    ]),
    firstLimit: first(load, [
      ['cores, the usual quota of a region', PLATFORM.quotaOfCores, instancesFor(rates)],
      [
        'messaging units of a namespace',
        Math.max(...PLATFORM.unitSizes),
        (COSTS.peak * rates.bytes) / PLATFORM.bytesAnUnitSecond,
      ],
    ]),
  };
}

function instancesFor({ busyMilliseconds }: Rates): number {
  return (COSTS.peak * busyMilliseconds) / (1000 * COSTS.utilization);
}

/** Recorded executions a second. At least the always ready instances record. */
function recordsOf(rates: Rates): number {
  const working = Math.max(SETTINGS.alwaysReadyInstances, instancesFor(rates) / COSTS.peak);
  return Math.min(rates.executions, working * COSTS.recordsAnInstanceSecond);
}

/** The limit that is reached first. All use grows linearly with the fleet. */
function first(
  { devices }: Load,
  limits: readonly (readonly [what: string, limit: number, used: number])[],
): Limit {
  return limits
    .map(([what, limit, used]) => ({
      what: `${limit.toLocaleString('en-US')} ${what}`,
      devices: (devices * limit) / used,
    }))
    .reduce((a, b) => (b.devices < a.devices ? b : a));
}

/** Average rates a second. */
function toRates(load: Load): Rates {
  const aSecond = (timesADay: number): number => (load.devices * timesADay) / 86_400;
  const heartbeats = load.devices / load.heartbeatInSeconds;
  const events = aSecond(load.eventsADay);
  const transitions = aSecond(load.transitionsADay);
  const decisions = aSecond(load.decisionsADay);
  const signals = heartbeats + events;
  const requests = signals / load.eventsARequest;
  const messagesARequest = Math.ceil(load.eventsARequest / load.signalsAMessage);
  const messages = requests * messagesARequest + transitions;
  const executions = requests + decisions + messages / load.messagesAnExecution;
  // A heartbeat is written only if it moves the deadline by at least the slack.
  const heartbeatsAWrite = Math.max(1, Math.ceil(load.slackInSeconds / load.heartbeatInSeconds));
  const reads =
    signals * COSTS.readsASignal +
    transitions * COSTS.readsATransition +
    decisions * COSTS.readsADecision;
  const writes =
    heartbeats / heartbeatsAWrite +
    events * COSTS.writesAnEvent +
    transitions * COSTS.writesATransition;
  const busyMilliseconds =
    requests * COSTS.millisecondsARequest +
    signals * (COSTS.millisecondsAnEventOfARequest + COSTS.millisecondsASignal) +
    (reads + writes) * COSTS.millisecondsADatabaseCall +
    decisions * COSTS.millisecondsADecision +
    transitions * COSTS.millisecondsATransition;
  const bytes = (signals + transitions) * COSTS.bytesASignal + messages * COSTS.bytesAMessage;
  return { signals, executions, reads, writes, busyMilliseconds, bytes };
}

function toMessagingUnits(bytesASecond: number): number {
  const wanted = (COSTS.peak * bytesASecond) / PLATFORM.bytesAnUnitSecond;
  const largest = Math.max(...PLATFORM.unitSizes);
  // Beyond the largest size, several namespaces.
  return PLATFORM.unitSizes.find((size) => size >= wanted) ?? Math.ceil(wanted / largest) * largest;
}

/**
 * An instance is billed while it executes, at least one second for each execution. Always ready instances are also billed
 * for being ready.
 */
function toFunctionsDollars({ busyMilliseconds, executions }: Rates): number {
  const work = busyMilliseconds / (1000 * COSTS.utilization);
  const least = Math.min(executions * PLATFORM.minimumSecondsAnExecution, Math.ceil(work));
  const gigabyteSeconds = PLATFORM.secondsAMonth * PLATFORM.gigabytesAnInstance;
  return (
    Math.max(work, least) * gigabyteSeconds * PLATFORM.dollarsPerGigabyteSecond +
    SETTINGS.alwaysReadyInstances * gigabyteSeconds * PLATFORM.dollarsPerReadyGigabyteSecond +
    ((executions * PLATFORM.secondsAMonth) / 1e6) * PLATFORM.dollarsPerMillionExecutions
  );
}

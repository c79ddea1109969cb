import { readCharge, writeCharge } from '../local/cosmos/requestUnits.ts';
import { MAX_SIGNALS_A_MESSAGE } from '../../shared/packSignals.ts';
import { COSTS, PLATFORM } from './inputs.ts';

/** What a fleet does, and how the connector is set. */
export interface Load {
  readonly devices: number;
  readonly heartbeatInSeconds: number;
  /** `deviceHeartbeatSlackInSeconds`. */
  readonly slackInSeconds: number;
  /** Risks, incidents and telemetry of a device. */
  readonly eventsADay: number;
  readonly transitionsADay: number;
  readonly decisionsADay: number;
  /** How many events SEP Mobile sends at once. */
  readonly eventsARequest: number;
  /** How many signals travel in one message. */
  readonly signalsAMessage: number;
  /** How many messages an execution of the consumer is given. */
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

export interface Capacity {
  readonly devices: number;
  readonly signalsASecond: number;
  readonly requestUnitsASecond: number;
  readonly partitions: number;
  readonly tier: 'standard' | 'premium';
  /** 0 on standard. */
  readonly messagingUnits: number;
  readonly instances: number;
  readonly dollarsAMonth: {
    readonly database: number;
    readonly queue: number;
    readonly functions: number;
    readonly total: number;
  };
  /** What is short first that no tier gives way to, and from how many devices on. */
  readonly firstLimit: { readonly what: string; readonly devices: number };
}

interface Rates {
  readonly signals: number;
  readonly requests: number;
  readonly messages: number;
  readonly executions: number;
  readonly reads: number;
  readonly writes: number;
  readonly busyMilliseconds: number;
  readonly bytes: number;
}

/** What a fleet needs and costs. Rates are averages; what has to be there for them is planned for the busiest hour. */
export function toCapacity(load: Load): Capacity {
  const rates = toRates(load);
  const units =
    COSTS.peak *
    (rates.reads * readCharge(COSTS.bytesADevice) +
      rates.writes * writeCharge(COSTS.bytesADevice, COSTS.indexedPaths));
  const gigabytes = (load.devices * COSTS.bytesADevice) / 1e9;
  const provisioned = Math.max(400, Math.ceil(units / 100) * 100);
  const database =
    (provisioned / 100) *
      PLATFORM.dollarsPer100RequestUnitsAnHour *
      (PLATFORM.secondsAMonth / 3600) +
    gigabytes * PLATFORM.dollarsPerGigabyteAMonth;
  const isStandard = COSTS.peak * 2 * rates.messages <= PLATFORM.standardCreditsASecond;
  const messagingUnits = isStandard ? 0 : toMessagingUnits(rates.bytes);
  const queue = isStandard ? toStandardDollars(rates) : toPremiumDollars(messagingUnits);
  const instances = Math.ceil((COSTS.peak * rates.busyMilliseconds) / (1000 * COSTS.utilization));
  const functions = toFunctionsDollars(rates);
  return {
    devices: load.devices,
    signalsASecond: rates.signals,
    requestUnitsASecond: provisioned,
    partitions: Math.max(
      Math.ceil(provisioned / PLATFORM.requestUnitsAPartition),
      Math.ceil(gigabytes / PLATFORM.gigabytesAPartition),
    ),
    tier: isStandard ? 'standard' : 'premium',
    messagingUnits,
    instances,
    dollarsAMonth: { database, queue, functions, total: database + queue + functions },
    firstLimit: findFirstLimit(load, rates),
  };
}

/** On an average second. */
function toRates(load: Load): Rates {
  const aSecond = (timesADay: number): number => (load.devices * timesADay) / 86_400;
  const heartbeats = load.devices / load.heartbeatInSeconds;
  const events = aSecond(load.eventsADay);
  const transitions = aSecond(load.transitionsADay);
  const decisions = aSecond(load.decisionsADay);
  const signals = heartbeats + events;
  const requests = signals / load.eventsARequest;
  const packed = Math.min(load.signalsAMessage, load.eventsARequest);
  const messages = signals / packed + transitions;
  const executions = requests + decisions + messages / load.messagesAnExecution;
  // The first heartbeat that moves the deadline by the slack, or more, is written.
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
  const bytes = (signals + transitions) * COSTS.bytesASignal;
  return { signals, requests, messages, executions, reads, writes, busyMilliseconds, bytes };
}

function toMessagingUnits(bytesASecond: number): number {
  const wanted = Math.ceil((COSTS.peak * bytesASecond) / PLATFORM.premiumBytesASecond);
  // They come in these sizes.
  return [1, 2, 4, 8, 16].find((units) => units >= wanted) ?? Math.ceil(wanted / 16) * 16;
}

function toStandardDollars({ messages }: Rates): number {
  const operations = 2 * messages * PLATFORM.secondsAMonth;
  const beyond = Math.max(0, operations - PLATFORM.standardIncludedOperations);
  return (
    PLATFORM.standardDollarsAMonth + (beyond / 1e6) * PLATFORM.standardDollarsPerMillionOperations
  );
}

function toPremiumDollars(units: number): number {
  return units * PLATFORM.premiumDollarsAnHour * (PLATFORM.secondsAMonth / 3600);
}

/** An instance is paid for while it executes: for its work, or for a second an execution where that is more. */
function toFunctionsDollars({ busyMilliseconds, executions }: Rates): number {
  const work = busyMilliseconds / (1000 * COSTS.utilization);
  const least = Math.min(executions * PLATFORM.minimumSecondsAnExecution, Math.ceil(work));
  const active = Math.max(work, least) * PLATFORM.secondsAMonth;
  return (
    active * PLATFORM.gigabytesAnInstance * PLATFORM.dollarsPerGigabyteSecond +
    ((executions * PLATFORM.secondsAMonth) / 1e6) * PLATFORM.dollarsPerMillionExecutions
  );
}

/** Each grows with the fleet, so that it says from how many devices on it is hit; the tier gives way before it is. */
function findFirstLimit(load: Load, rates: Rates): Capacity['firstLimit'] {
  const share = (used: number, limit: number): number => (load.devices * limit) / used;
  const instances = (COSTS.peak * rates.busyMilliseconds) / (1000 * COSTS.utilization);
  const units = (COSTS.peak * rates.bytes) / PLATFORM.premiumBytesASecond;
  const limits = [
    {
      what: 'cores, the usual quota of a region',
      limit: PLATFORM.quotaOfInstances,
      used: instances,
    },
    { what: 'messaging units of a namespace', limit: PLATFORM.premiumMaximumUnits, used: units },
    { what: 'instances of an app', limit: PLATFORM.maximumInstancesAnApp, used: instances },
  ].map(({ what, limit, used }) => ({
    what: `${String(limit)} ${what}`,
    devices: share(used, limit),
  }));
  return limits.reduce((a, b) => (b.devices < a.devices ? b : a));
}

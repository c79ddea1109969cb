import { COSTS, SETTINGS } from './inputs.ts';
import type { Load } from './load.ts';

/** What a fleet does in a second, on average. */
export interface Rates {
  readonly signals: number;
  readonly executions: number;
  readonly reads: number;
  readonly writes: number;
  readonly busyMilliseconds: number;
  /** Instances that do nothing but let receivers wait. */
  readonly waiting: number;
  readonly bytes: number;
}

/** Instances whose processors work, on average. */
export function workingInstances({ busyMilliseconds }: Rates): number {
  return busyMilliseconds / (1000 * COSTS.utilization);
}

/** Instances of the busiest hour. A waiting receiver needs a place and no processor. */
export function instancesFor(rates: Rates): number {
  return COSTS.peak * workingInstances(rates) + rates.waiting;
}

/** Average rates a second. */
export function toRates(load: Load): Rates {
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
  const waiting = load.waitingReceivers / SETTINGS.requestsAtOnce;
  const bytes = (signals + transitions) * COSTS.bytesASignal + messages * COSTS.bytesAMessage;
  return { signals, executions, reads, writes, busyMilliseconds, waiting, bytes };
}

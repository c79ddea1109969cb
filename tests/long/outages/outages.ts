import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { OuterClient, type SepMobileEvent } from '../../../infra/local/demo/outerClient.ts';
import {
  startStack,
  type Stack,
  type StackOptions,
} from '../../../infra/local/stack/startStack.ts';
import { listDeadLetters, settleDeadLetters } from '../../../infra/ops/deadLetters.ts';
import { QUEUES } from '../../../shared/resources.ts';
import { eventually } from '../../support/eventually.ts';
import { observeQueues, type QueueObserver } from '../../support/queueObserver.ts';
import { failDatabase, mendDatabase } from '../../support/testStack.ts';

/** Fewer than the incidents that a record keeps one by one. */
const EVENTS_A_DEVICE = 20;
const EVENTS_A_REQUEST = 10;
const RETRY_IN_MILLISECONDS = 1000;

export interface OutagePlan {
  readonly events: number;
  /** How long the database is away, and how long the secret is wrong. */
  readonly secondsAnOutage: number;
  readonly stack: StackOptions;
  readonly onProgress?: (what: string) => void;
}

export interface OutageOutcome {
  readonly devices: number;
  /** Events that were acknowledged, each after as many tries as it took. */
  readonly acknowledged: number;
  /** Requests that were answered by an error, or not at all, and were sent again. */
  readonly refused: number;
  /** Dead letters of both queues. They are replayed before the devices are looked at. */
  readonly deadLetters: number;
  /** Dead letters that the replay did not bring back. */
  readonly deadLettersLeft: number;
  /** Devices that miss an event. Each event opens an incident of its own. */
  readonly lost: readonly string[];
  /** From the end of the last outage until both queues were empty. */
  readonly settledAfterInSeconds: number;
}

/** A running system, and what was sent to it. */
interface Run {
  readonly plan: OutagePlan;
  readonly stack: Stack;
  readonly client: OuterClient;
  readonly settings: Record<string, string>;
  readonly devices: readonly string[];
  /** The events of each device that were acknowledged or are on their way. */
  readonly sent: Map<string, number>;
  acknowledged: number;
  refused: number;
}

/**
 * Sends events as SEP Mobile does, each until it is acknowledged, while three things happen one after the other: the
 * database answers 503 for a while, the worker runs with a misspelt secret for a while, and the worker is replaced in the
 * middle of the rest, its executions ended.
 */
export async function outages(plan: OutagePlan): Promise<OutageOutcome> {
  const settings: Record<string, string> = { ...plan.stack.settings };
  const stack = await startStack({ ...plan.stack, settings });
  const queues = observeQueues(stack.description.serviceBus);
  try {
    const run = await begin(plan, stack, settings);
    await duringDatabaseOutage(run);
    await duringWrongSecret(run);
    await duringDeployment(run);
    return await settle(run, queues);
  } finally {
    await queues.stop();
    await stack.stop();
  }
}

async function begin(
  plan: OutagePlan,
  stack: Stack,
  settings: Record<string, string>,
): Promise<Run> {
  const count = Math.max(1, Math.floor(plan.events / EVENTS_A_DEVICE));
  const devices = Array.from({ length: count }, (_, at) => `outage-${String(at)}`);
  const client = new OuterClient(stack.description);
  for (const deviceId of devices)
    await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
  const counts = { sent: new Map<string, number>(), acknowledged: 0, refused: 0 };
  const run: Run = { plan, stack, client, settings, devices, ...counts };
  await insist(
    run,
    devices.map((deviceId) => ({ type: 'sepmobile.device.activated', data: { deviceId } })),
  );
  return run;
}

async function duringDatabaseOutage(run: Run): Promise<void> {
  run.plan.onProgress?.('the database is away');
  await failDatabase(run.stack, { kind: 'status', status: 503 });
  await sendThird(run, run.plan.secondsAnOutage);
  await mendDatabase(run.stack);
}

async function duringWrongSecret(run: Run): Promise<void> {
  run.plan.onProgress?.('a secret is misspelt');
  run.settings['MESSAGE_KEYS'] = 'misspelt';
  await run.stack.killWorker();
  const sending = sendThird(run, run.plan.secondsAnOutage);
  await pause(run.plan.secondsAnOutage * 1000);
  delete run.settings['MESSAGE_KEYS'];
  await run.stack.killWorker();
  await sending;
}

async function duringDeployment(run: Run): Promise<void> {
  run.plan.onProgress?.('the worker is replaced');
  const sending = sendThird(run, 0);
  await run.stack.killWorker();
  await sending;
}

/** Sends a third of the events, spread over so many seconds. */
async function sendThird(run: Run, seconds: number): Promise<void> {
  const requests = Math.ceil(run.plan.events / 3 / EVENTS_A_REQUEST);
  const pending: Promise<void>[] = [];
  for (let request = 0; request < requests; request += 1) {
    const events = Array.from({ length: EVENTS_A_REQUEST }, (_, at) =>
      nextEvent(run, run.devices[(request * EVENTS_A_REQUEST + at) % run.devices.length] ?? ''),
    );
    pending.push(insist(run, events));
    if (seconds > 0) await pause((seconds * 1000) / requests);
    else await pending.at(-1);
  }
  await Promise.all(pending);
}

function nextEvent({ sent }: Run, deviceId: string): SepMobileEvent {
  const count = (sent.get(deviceId) ?? 0) + 1;
  sent.set(deviceId, count);
  const incident = { category: 'application', threatType: 'malware', severity: 'high' };
  const detectedDateTime = new Date().toISOString();
  const data = { deviceId, incidentId: `incident-${String(count)}`, detectedDateTime, ...incident };
  return { type: 'sepmobile.incident.opened', data, id: randomUUID(), time: new Date() };
}

/** Sends the events until they are acknowledged. */
async function insist(run: Run, events: readonly SepMobileEvent[]): Promise<void> {
  for (;;) {
    const answer = await run.client.sendEvents(events).catch(() => undefined);
    if (answer?.status === 202) break;
    run.refused += 1;
    await pause(RETRY_IN_MILLISECONDS);
  }
  run.acknowledged += events.length;
}

async function settle(run: Run, queues: QueueObserver): Promise<OutageOutcome> {
  const { plan, stack, devices, acknowledged, refused } = run;
  plan.onProgress?.('the queues run empty');
  const began = performance.now();
  const isEmpty = (): Promise<boolean> => queues.isEmpty().catch(() => false);
  await eventually(isEmpty, (empty) => empty);
  const settledAfterInSeconds = (performance.now() - began) / 1000;
  const deadLetters = await replayDeadLetters(stack.description.serviceBus);
  if (deadLetters > 0) await eventually(isEmpty, (empty) => empty);
  return {
    devices: devices.length,
    acknowledged,
    refused,
    deadLetters,
    deadLettersLeft: (await queues.deadLetters()).length,
    lost: await findLost(run),
    settledAfterInSeconds,
  };
}

async function findLost({ client, sent }: Run): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const [deviceId, count] of sent) {
    const { body } = await client.compliance(deviceId);
    const { length } = body['openIncidents'] as readonly unknown[];
    if (length !== count) lost.push(`${deviceId}: ${String(length)} of ${String(count)} events`);
  }
  return lost;
}

/** Replays the dead letters of both queues; returns how many there were. */
async function replayDeadLetters(connection: string): Promise<number> {
  const broker = new ServiceBusClient(connection);
  let count = 0;
  for (const { name } of QUEUES) {
    const ids = (await listDeadLetters(broker, name, {})).map(({ id }) => id);
    count += ids.length;
    if (ids.length > 0) await settleDeadLetters(broker, name, ids, 'replayed', () => undefined);
  }
  await broker.close();
  return count;
}

import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { moveToDeadLetters } from './deadLetter.ts';
import { latest, type DateTime } from '../../base/dateTime.ts';
import type { DeviceSignal, Signal } from '../../domain/vocabulary/signal.ts';
import { fromQueueMessage } from './fromQueueMessage.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import type { ConfigurationStore } from '../ports/configuration.ts';
import type { Milestones } from '../ports/milestones.ts';
import type { QueuedSignal, MessageRetry } from '../ports/queues.ts';
import { reachMilestone } from '../setup/reachMilestone.ts';
import { retryMessage } from './retryMessage.ts';
import { recomputeDevice, type RecomputeDependencies } from './recomputeDevice.ts';

/** A batch may hold thousands of devices: as many are worked at once as the database can be kept busy with. */
const MAX_AT_ONCE = 64;

export interface RecomputeBatchDependencies extends RecomputeDependencies {
  readonly configuration: ConfigurationStore;
  readonly retry: MessageRetry;
  readonly milestones: Milestones;
}

/**
 * Works a batch of the `device-signals` queue device by device.
 * Returning means that every message is either in Cosmos DB, sent again with a delay, or dead-lettered with its
 * reason, so the batch may be settled. Throwing means that not even that was possible: the batch comes again.
 */
export async function recomputeBatch(
  dependencies: RecomputeBatchDependencies,
  bodies: readonly unknown[],
  now: DateTime,
): Promise<void> {
  const { readable, unreadable } = sortOut(await moveToDeadLetters(dependencies.retry, bodies));
  const outage: Outage = { failures: 0, error: undefined };
  const work = [
    ...unreadable.map((body) => () => deadLetterUnreadable(dependencies, body)),
    ...byDevice(readable).map((group) => () => recomputeGroup(dependencies, group, outage, now)),
  ];
  const failures: unknown[] = [];
  await mapConcurrently(work, MAX_AT_ONCE, (each) =>
    each().catch((error: unknown) => failures.push(error)),
  );
  if (failures.length > 0) throw failures[0];
  await recordPartnerHeard(dependencies, readable);
  if (readable.some(({ signal }) => isHeartbeat(signal))) {
    await reachMilestone(dependencies, 'firstHeartbeat', now);
  }
}

function isHeartbeat({ type }: Signal): boolean {
  return type === 'heartbeat' || type === 'connectorHeartbeat';
}

function sortOut(bodies: readonly unknown[]): {
  readonly readable: readonly QueuedSignal[];
  readonly unreadable: readonly unknown[];
} {
  const readable: QueuedSignal[] = [];
  const unreadable: unknown[] = [];
  // What arrived together is in one message; what is tried again is in one of its own.
  for (const body of bodies.flat()) {
    const message = fromQueueMessage(body);
    if (message === undefined) unreadable.push(body);
    else readable.push(message);
  }
  return { readable, unreadable };
}

type AboutDevice = QueuedSignal & { readonly signal: DeviceSignal };

function byDevice(messages: readonly QueuedSignal[]): readonly (readonly AboutDevice[])[] {
  const aboutDevices = messages.filter(
    (message): message is AboutDevice => message.signal.type !== 'connectorHeartbeat',
  );
  return [...Map.groupBy(aboutDevices, ({ signal }) => signal.deviceId).values()];
}

/** What a batch has met of services that are away. */
interface Outage {
  failures: number;
  error: unknown;
}

/**
 * One device's part of the batch. What fails here does not hold back the others; where as many have failed as are
 * worked at once, the database is away, and the rest is sent again without asking it: to wait for each would outlast
 * the invocation, which then settles nothing.
 */
async function recomputeGroup(
  dependencies: RecomputeBatchDependencies,
  group: readonly AboutDevice[],
  outage: Outage,
  now: DateTime,
): Promise<void> {
  const deviceId = group[0]?.signal.deviceId;
  if (deviceId === undefined) return;
  try {
    if (outage.failures >= MAX_AT_ONCE) throw outage.error;
    const configuration = await dependencies.configuration.load();
    const signals = group.map(({ signal }) => signal);
    await recomputeDevice(dependencies, { deviceId, signals, configuration, now });
  } catch (error) {
    const { growing, others } = Object.groupBy(group, ({ signal }) =>
      isGrowing(signal) ? 'growing' : 'others',
    );
    // What says that an incident is over makes room, and must not fail with what needs it.
    if (isTooLarge(error) && growing !== undefined && others !== undefined) {
      await recomputeGroup(dependencies, others, outage, now);
      await recomputeGroup(dependencies, growing, outage, now);
      return;
    }
    if (isTransient(error)) {
      outage.failures += 1;
      outage.error = error;
    }
    dependencies.log.warn(`signals of device \`${deviceId}\` failed: ${String(error)}`);
    await Promise.all(group.map((message) => tryLater(dependencies, message, error, now)));
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'deviceRecordTooLarge';
}

/** Whether a signal can make its device larger by more than a few bytes. */
function isGrowing(signal: DeviceSignal): boolean {
  return (
    signal.type === 'telemetryReported' ||
    (signal.type === 'incidentReported' && signal.status === 'open')
  );
}

function tryLater(
  dependencies: RecomputeBatchDependencies,
  { attempt, signal }: AboutDevice,
  error: unknown,
  now: DateTime,
): Promise<void> {
  const next: QueuedSignal = { attempt: attempt + 1, signal };
  const failed = { attempt, sinceDateTime: signal.receivedDateTime, next, dead: next };
  return retryMessage(dependencies, failed, error, now);
}

async function deadLetterUnreadable(
  { retry, log }: RecomputeBatchDependencies,
  body: unknown,
): Promise<void> {
  log.error('a message that is no signal was dead-lettered');
  await retry.deadLetter(body, { code: 'messageInvalid', reason: 'the body is not a signal' });
}

/**
 * After the devices, so that our own backlog is not taken for the devices' silence: their clocks move with the signals
 * that have been worked, or sent again. What is under way in another batch, or waits for its next try, is not waited
 * for.
 */
async function recordPartnerHeard(
  { configuration, log }: RecomputeBatchDependencies,
  messages: readonly QueuedSignal[],
): Promise<void> {
  const heard = latest(...messages.map(({ signal }) => signal.receivedDateTime));
  if (heard === undefined) return;
  try {
    await configuration.recordPartnerActivity(heard);
  } catch (error) {
    // The next batch notes it; until then the devices' clocks stand, which takes nobody's access away.
    log.warn(`the partner's sign of life was not noted: ${String(error)}`);
  }
}

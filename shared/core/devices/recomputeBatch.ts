import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { moveToDeadLetters, NOT_AUTHENTIC, toBoundedBody } from './deadLetter.ts';
import { addSeconds, earliest, latest, type DateTime } from '../../base/dateTime.ts';
import { faultsOf } from '../../domain/devices/mergeSignals.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { DeviceSignal, Signal } from '../../domain/vocabulary/signal.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import type { ConfigurationCache, ConfigurationStore } from '../ports/configuration.ts';
import type { Milestones } from '../ports/milestones.ts';
import type { QueuedSignal, MessageRetry } from '../ports/queues.ts';
import { holdReportFaults, type DeviceSignals, type HoldDependencies } from './holdReportFaults.ts';
import { recordMilestone } from '../setup/recordMilestone.ts';
import { readMessage, type ReadMessage } from './readMessage.ts';
import { toLostReport } from './lostReport.ts';
import { codeOf, isSpent, retryMessage } from './retryMessage.ts';
import { recomputeDevice, type RecomputeDependencies } from './recomputeDevice.ts';

/** A batch may contain thousands of devices. This concurrency keeps the database busy. */
const MAX_CONCURRENCY = 64;
/**
 * After this time the rest of a batch is sent again. The host does not renew the locks of a batch, and what is being
 * written then may take as long again.
 */
const MAX_BATCH_IN_SECONDS = 90;

export interface RecomputeBatchDependencies extends RecomputeDependencies, HoldDependencies {
  readonly devices: RecomputeDependencies['devices'] & HoldDependencies['devices'];
  readonly configuration: ConfigurationStore & ConfigurationCache;
  readonly retry: MessageRetry;
  readonly milestones: Milestones;
  /** The clock, for the time that the batch takes. */
  readonly now: () => Date;
}

/**
 * Processes a batch of the `device-signals` queue, device by device. Returning means that every message is stored in
 * Cosmos DB, sent again with a delay, or dead-lettered with its reason, so the batch may be settled. Throwing means
 * that some message had none of these outcomes, so the broker must deliver the batch again.
 */
export async function recomputeBatch(
  dependencies: RecomputeBatchDependencies,
  bodies: readonly unknown[],
  now: DateTime,
): Promise<void> {
  const { retry } = dependencies;
  const messages = (await moveToDeadLetters(retry, bodies)).map((body) =>
    readMessage(retry, body, now),
  );
  const readable = messages.flatMap(({ signals }) => signals);
  const endDateTime = addSeconds(dependencies.now().toISOString(), MAX_BATCH_IN_SECONDS);
  const outage: Outage = { failures: 0, error: undefined, uncounted: undefined, endDateTime };
  const groups = byDevice(readable);
  await holdReportFaults(dependencies, groups.map(toDeviceSignals), now).catch((error: unknown) => {
    outage.uncounted = error;
  });
  const work = [
    ...messages.map((message) => () => deadLetterFailed(dependencies, message)),
    ...groups.map((group) => () => recomputeGroup(dependencies, group, outage, now)),
  ];
  const failures: unknown[] = [];
  await mapConcurrently(work, MAX_CONCURRENCY, (each) =>
    each().catch((error: unknown) => failures.push(error)),
  );
  if (failures.length > 0) throw failures[0];
  await recordPartnerActivity(dependencies, readable, now);
  if (readable.some(({ signal }) => isHeartbeat(signal))) {
    await recordMilestone(dependencies, 'firstHeartbeat', now);
  }
}

function isHeartbeat({ type }: Signal): boolean {
  return type === 'heartbeat' || type === 'connectorHeartbeat';
}

type AboutDevice = QueuedSignal & { readonly signal: DeviceSignal };

function toDeviceSignals(group: readonly AboutDevice[]): DeviceSignals {
  const signals = group.map(({ signal }) => signal);
  return { deviceId: signals[0]?.deviceId ?? '', signals };
}

function byDevice(messages: readonly QueuedSignal[]): readonly (readonly AboutDevice[])[] {
  const aboutDevices = messages.filter(
    (message): message is AboutDevice => message.signal.type !== 'connectorHeartbeat',
  );
  return [...Map.groupBy(aboutDevices, ({ signal }) => toDeviceId(signal.deviceId)).values()];
}

/** The transient failures of one batch. */
interface Outage {
  failures: number;
  error: unknown;
  /** Why the faults of the batch could not be counted. Signals with faults must not be merged then. */
  uncounted: unknown;
  /** When the batch has used its time. */
  readonly endDateTime: DateTime;
}

/**
 * Processes one device's part of the batch. A failure does not affect other devices. After as many transient failures
 * as there are devices in progress, the worker assumes that the database is down and sends the rest again without
 * calling it: waiting for each call would outlast the invocation, which then settles nothing.
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
    if (outage.failures >= MAX_CONCURRENCY) throw outage.error;
    if (dependencies.now().toISOString() > outage.endDateTime) throw OUT_OF_TIME;
    const configuration = await dependencies.configuration.load();
    const signals = group.map(({ signal }) => signal);
    if (outage.uncounted !== undefined && signals.some(hasFaults)) throw outage.uncounted;
    await recomputeDevice(dependencies, { deviceId, signals, configuration, now });
  } catch (error) {
    if (isTransient(error)) {
      outage.failures += 1;
      outage.error = error;
    }
    dependencies.log.warn(`signals of device \`${deviceId}\` failed: ${String(error)}`);
    await markLostReports(dependencies, group, error, now);
    await Promise.all(group.map((message) => tryLater(dependencies, message, error, now)));
  }
}

const OUT_OF_TIME = new ConnectorError('serviceNotAvailable', 'the batch has used its time');

function hasFaults(signal: DeviceSignal): boolean {
  return faultsOf(signal).length > 0;
}

/** Marks the device whose reports go to the dead letters now, so it is not allowed as if there were none. */
async function markLostReports(
  dependencies: RecomputeBatchDependencies,
  group: readonly AboutDevice[],
  error: unknown,
  now: DateTime,
): Promise<void> {
  const lost = group.flatMap(({ attempt, signal }) => {
    const isLost = isSpent({ attempt, sinceDateTime: signal.receivedDateTime }, error, now);
    return (isLost && toLostReport({ signal }, codeOf(error), now)) || [];
  });
  const [{ deviceId } = { deviceId: '' }] = lost;
  if (lost.length === 0) return;
  try {
    const configuration = await dependencies.configuration.load();
    await recomputeDevice(dependencies, { deviceId, signals: lost, configuration, now });
  } catch (fault) {
    // A record that cannot be read blocks already. Everything else is in the dead letters, with an alert.
    dependencies.log.error(`device \`${deviceId}\` could not be marked: ${String(fault)}`);
  }
}

function tryLater(
  dependencies: RecomputeBatchDependencies,
  { attempt, signal }: AboutDevice,
  error: unknown,
  now: DateTime,
): Promise<void> {
  const next = dependencies.retry.sign({ attempt: attempt + 1, signal } satisfies QueuedSignal);
  const failed = { attempt, sinceDateTime: signal.receivedDateTime, next, dead: next };
  return retryMessage(dependencies, failed, error, now);
}

/** Dead-letters the message if it cannot be processed whole. */
async function deadLetterFailed(
  { retry, log }: RecomputeBatchDependencies,
  { body, failure }: ReadMessage,
): Promise<void> {
  if (failure === undefined) return;
  const kind = failure === NOT_AUTHENTIC ? 'a message that is not authentic' : 'an invalid message';
  log.error(`dead-lettered ${kind}`);
  await retry.deadLetter(toBoundedBody(body), failure);
}

/**
 * Records the partner's activity after the devices were saved, so that a backlog of our own does not look like silence
 * of the devices: their clocks advance with processed or re-sent signals. Does not wait for other batches and retries.
 * Each event source has its own.
 */
async function recordPartnerActivity(
  { configuration, log }: RecomputeBatchDependencies,
  messages: readonly QueuedSignal[],
  now: DateTime,
): Promise<void> {
  const bySource = Map.groupBy(messages, ({ signal }) => signal.sourceId);
  try {
    for (const [sourceId, sent] of bySource) {
      const received = latest(...sent.map(({ signal }) => signal.receivedDateTime));
      if (received === undefined) continue;
      // The clock of the process that received the signal may be ahead of ours.
      await configuration.recordPartnerActivity(earliest(received, now) ?? now, now, sourceId);
    }
  } catch (error) {
    // The next batch records it. Until then the devices' clocks stand still, so no device loses access.
    log.warn(`the partner's activity could not be recorded: ${String(error)}`);
  }
}

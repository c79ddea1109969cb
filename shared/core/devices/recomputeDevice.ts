import { ConnectorError } from '../../base/connectorError.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Device } from '../../domain/devices/device.ts';
import { advanceRecord, createDeviceRecord, type DeviceRecord } from '../../domain/deviceRecord.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import type { DeviceStore, StoredDevice } from '../ports/devices.ts';
import type { AnnouncementSender } from '../ports/queues.ts';
import type { Log } from '../../base/log.ts';
import {
  isUnreadable,
  replaceUnreadable,
  type ReplacedDevice,
  type Replacement,
} from './replaceUnreadable.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';

const MAX_TRIES = 12;

export interface RecomputeDependencies extends Pausing {
  readonly devices: DeviceStore;
  readonly announcements: AnnouncementSender;
  readonly log: Log;
}

export interface RecomputeInput {
  readonly deviceId: string;
  /** The signals, or a function that makes them from the stored device. */
  readonly signals: readonly DeviceSignal[] | ((device: Device) => readonly DeviceSignal[]);
  readonly configuration: Configuration;
  readonly now: DateTime;
  /** Absent: a record that cannot be read is an error. */
  readonly replacement?: Replacement | undefined;
}

/** The record before, `undefined` if there was none, and after. */
export interface Recomputed {
  readonly before: DeviceRecord | undefined;
  readonly after: DeviceRecord;
  /** Whether `before` is what was kept of a record that could not be read. */
  readonly isReplacement: boolean;
}

/**
 * Load, merge, assess, evaluate, save if unchanged: every change of a device goes through here.
 * Returns once Cosmos DB has the state. Costs one read and at most one write, and one more write if announcements were
 * queued. If another writer is first, it reads and merges again.
 * @throws ConnectorError `serviceNotAvailable` after too many conflicts; safe to retry. `deviceRecordInvalid` if the
 * record cannot be read and may not be replaced.
 */
export async function recomputeDevice(
  dependencies: RecomputeDependencies,
  input: RecomputeInput,
): Promise<Recomputed> {
  const { devices } = dependencies;
  const limit = { maxTries: MAX_TRIES, toError: () => changedTooOften(input.deviceId) };
  return retryOnConflict(dependencies, limit, async () => {
    const { stored, replaced } = await load(dependencies, input);
    const before = stored?.record;
    const record = before ?? createDeviceRecord(input.deviceId);
    const after = advance(record, input, replaced !== undefined);
    const saved =
      after === before || after.evaluation === undefined
        ? stored
        : await devices.save(after, stored?.etag);
    if (saved === 'conflict') return 'conflict';
    if (saved !== undefined) await publishOutbox(dependencies, after, saved.etag);
    await replaced?.recordSuccess();
    return { before, after, isReplacement: replaced !== undefined };
  });
}

interface Loaded {
  readonly stored: StoredDevice | undefined;
  /** The same, if it is what was kept of an unreadable record. */
  readonly replaced?: ReplacedDevice;
}

async function load(
  { devices, log }: RecomputeDependencies,
  { deviceId, replacement, now }: RecomputeInput,
): Promise<Loaded> {
  try {
    return { stored: await devices.load(deviceId, 'toChange') };
  } catch (error) {
    if (replacement === undefined || !isUnreadable(error)) throw error;
    const replaced = await replaceUnreadable(replacement, deviceId, now, log);
    return replaced === undefined
      ? { stored: await devices.load(deviceId, 'toChange') }
      : { stored: replaced, replaced };
  }
}

function changedTooOften(deviceId: string): ConnectorError {
  return new ConnectorError(
    'serviceNotAvailable',
    `device \`${deviceId}\` is being changed by too many writers at once`,
  );
}

/** Without signals, a device that was never evaluated stays so. What replaces an unreadable record is evaluated. */
function advance(
  record: DeviceRecord,
  input: RecomputeInput,
  isReplacement: boolean,
): DeviceRecord {
  const signals =
    typeof input.signals === 'function' ? input.signals(record.device) : input.signals;
  if (signals.length === 0 && record.evaluation === undefined && !isReplacement) return record;
  return advanceRecord(record, signals, input.configuration, input.now);
}

/**
 * Queues the announcements in the record's outbox, then empties it. The state is saved already. After a failure the
 * sweep finds every record with a waiting outbox.
 */
async function publishOutbox(
  { devices, announcements, log }: RecomputeDependencies,
  record: DeviceRecord,
  etag: string,
): Promise<void> {
  if (record.outbox.length === 0) return;
  try {
    await announcements.publish(record.outbox);
    // On a conflict another worker has saved the record. It publishes the outbox again, and receivers drop the repeat.
    await devices.save({ ...record, outbox: [] }, etag);
  } catch (error) {
    log.warn(
      `announcements of device \`${record.device.deviceId}\` wait for the sweep: ${String(error)}`,
    );
  }
}

import { ConnectorError } from '../../base/connectorError.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Device } from '../../domain/devices/device.ts';
import { advanceRecord, createDeviceRecord, type DeviceRecord } from '../../domain/deviceRecord.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import type { DeviceStore } from '../ports/devices.ts';
import type { AnnouncementSender } from '../ports/queues.ts';
import type { Log } from '../../base/log.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';

const MAX_TRIES = 12;

export interface RecomputeDependencies extends Pausing {
  readonly devices: DeviceStore;
  readonly announcements: AnnouncementSender;
  readonly log: Log;
}

export interface RecomputeInput {
  readonly deviceId: string;
  /** The signals, or what makes them of the device as it is kept. */
  readonly signals: readonly DeviceSignal[] | ((device: Device) => readonly DeviceSignal[]);
  readonly configuration: Configuration;
  readonly now: DateTime;
}

/** The device before (`undefined`: there was none) and after. */
export interface Recomputed {
  readonly before: DeviceRecord | undefined;
  readonly after: DeviceRecord;
}

/**
 * Load, merge, assess, evaluate, save if unchanged: the one way in which a device changes.
 * Returns once Cosmos DB has the state. Another writer in between means reading and merging again, bounded and
 * jittered; after that `serviceNotAvailable`, which is safe to retry. One read and at most one write, and one more
 * write where a transition was queued.
 */
export async function recomputeDevice(
  dependencies: RecomputeDependencies,
  input: RecomputeInput,
): Promise<Recomputed> {
  const { devices } = dependencies;
  const limit = { maxTries: MAX_TRIES, toError: () => changedTooOften(input.deviceId) };
  return retryOnConflict(dependencies, limit, async () => {
    const stored = await devices.load(input.deviceId);
    const before = stored?.record;
    const after = advance(before ?? createDeviceRecord(input.deviceId), input);
    const saved =
      after === before || after.evaluation === undefined
        ? stored
        : await devices.save(after, stored?.etag);
    if (saved === 'conflict') return 'conflict';
    if (saved !== undefined) await publishOutbox(dependencies, after, saved.etag);
    return { before, after };
  });
}

function changedTooOften(deviceId: string): ConnectorError {
  return new ConnectorError(
    'serviceNotAvailable',
    `device \`${deviceId}\` is changed too often at once`,
  );
}

/** Without signals there is nothing to learn about a device that was never evaluated. */
function advance(record: DeviceRecord, input: RecomputeInput): DeviceRecord {
  const signals =
    typeof input.signals === 'function' ? input.signals(record.device) : input.signals;
  if (signals.length === 0 && record.evaluation === undefined) return record;
  return advanceRecord(record, signals, input.configuration, input.now);
}

/**
 * Queues what the record has to tell, then empties its outbox. The state is safe already: whatever fails here is
 * left to the sweep, which finds every record with a waiting outbox.
 */
async function publishOutbox(
  { devices, announcements, log }: RecomputeDependencies,
  record: DeviceRecord,
  etag: string,
): Promise<void> {
  if (record.outbox.length === 0) return;
  try {
    await announcements.publish(record.outbox);
    // A conflict means that somebody else has written since: they tell it again, and receivers drop the repeat.
    await devices.save({ ...record, outbox: [] }, etag);
  } catch (error) {
    log.warn(
      `transitions of device \`${record.device.deviceId}\` wait for the sweep: ${String(error)}`,
    );
  }
}

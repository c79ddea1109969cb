import { toEnrolmentSignal } from './toEnrolmentSignal.ts';
import { isTransient } from '../../base/connectorError.ts';
import { managedDeviceIdOf, managedProperties, type Device } from '../../domain/devices/device.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { withOneSpelling } from '../devices/withOneSpelling.ts';
import { enrolWithUnmatched } from '../eventSources/enrolWithUnmatched.ts';
import { toIdentifiers } from '../devices/identifiersOf.ts';
import { isUnreadable } from '../devices/replaceUnreadable.ts';
import type { StoredDevice } from '../ports/devices.ts';
import { recomputeDevice } from '../devices/recomputeDevice.ts';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';
import { UNKNOWN_VERSION, type IntuneDevice } from './intuneDevice.ts';
import { recordFailure, type SyncRun } from './syncRun.ts';

const CONCURRENCY = 16;

export interface EnrolOutcome {
  /** Left unchanged: what was listed may be left over from an earlier enrolment. */
  readonly unclear: readonly IntuneDevice[];
  /** How many were newly enrolled or changed, and lack a property that is missing or cannot be read. */
  readonly partialCount: number;
}

/**
 * Enrols the devices with Intune's properties. A device that already has them costs one read. With `listed`, an entry
 * under another Intune id than the enrolled one may be left over from an earlier enrolment, so it is returned
 * unchanged.
 * @throws ConnectorError if the error is transient; others are recorded.
 */
export async function enrolDevices(
  run: SyncRun,
  wanted: readonly IntuneDevice[],
  source: 'latest' | 'listed',
): Promise<EnrolOutcome> {
  const unclear: IntuneDevice[] = [];
  const partial: IntuneDevice[] = [];
  await forEachDevice(run, wanted, async (device) => {
    const { deviceId, managedDeviceId } = device;
    const stored = await loadReadable(run, deviceId);
    if (stored !== undefined && isEnrolledAs(stored.record.device, device)) return;
    const known = stored && managedDeviceIdOf(stored.record.device);
    if (source === 'listed' && (known ?? managedDeviceId) !== managedDeviceId) {
      unclear.push(device);
      return;
    }
    const identifiers = toIdentifiers(device.properties, managedDeviceId);
    await run.devices.saveIdentifiers(deviceId, identifiers);
    await enrolWithUnmatched(run, deviceId, identifiers, () =>
      changeEnrolment(run, deviceId, device),
    );
    run.counts.enrolled += 1;
    if (device.leftOut.length > 0) partial.push(device);
  });
  nameLeftOut(run, partial);
  return { unclear, partialCount: partial.length };
}

/** One line for a page: a fault of Intune's may concern every device. */
function nameLeftOut(run: SyncRun, partial: readonly IntuneDevice[]): void {
  const [first] = partial;
  if (first === undefined) return;
  const names = [...new Set(partial.flatMap(({ leftOut }) => leftOut))].join(', ');
  run.log.warn(
    `${String(partial.length)} devices are enrolled without what cannot be read in Intune, such as \`${first.deviceId}\`: ${names}`,
  );
}

/** Ends the enrolment of those devices that Graph enrolled. @throws as `enrolDevices`. */
export async function unenrolDevices(run: SyncRun, deviceIds: readonly string[]): Promise<void> {
  await forEachDevice(
    run,
    deviceIds.map((deviceId) => ({ deviceId })),
    async ({ deviceId }) => {
      await changeEnrolment(run, deviceId, undefined);
      run.counts.unenrolled += 1;
    },
  );
}

/** Returns those of the devices that Graph enrolled. @throws as `enrolDevices`. */
export async function findEnrolledByGraph(
  run: SyncRun,
  deviceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await forEachDevice(
    run,
    deviceIds.map((deviceId) => ({ deviceId })),
    async ({ deviceId }) => {
      const stored = await run.devices.load(deviceId);
      if (stored !== undefined && managedDeviceIdOf(stored.record.device) !== undefined)
        found.add(deviceId);
    },
  );
  return found;
}

async function forEachDevice<T extends { readonly deviceId: string }>(
  run: SyncRun,
  devices: readonly T[],
  each: (device: T) => Promise<void>,
): Promise<void> {
  await mapConcurrently(devices, CONCURRENCY, async (device) => {
    try {
      await each(device);
    } catch (error) {
      if (isTransient(error)) throw error;
      recordFailure(run, device.deviceId, error);
    }
  });
}

/** `undefined` for a record that cannot be read, too: the enrolment replaces it. */
async function loadReadable(run: SyncRun, deviceId: string): Promise<StoredDevice | undefined> {
  try {
    return await run.devices.load(deviceId);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

async function changeEnrolment(
  run: SyncRun,
  deviceId: string,
  wanted: IntuneDevice | undefined,
): Promise<void> {
  const now = run.now().toISOString();
  await recomputeDevice(run, {
    deviceId,
    signals: (device) => {
      const isDone =
        wanted === undefined
          ? managedDeviceIdOf(device) === undefined
          : isEnrolledAs(device, wanted);
      if (isDone) return [];
      const managedDeviceId = wanted?.managedDeviceId;
      const signalId = `graph:${managedDeviceId ?? 'left'}:${now}`;
      const properties = wanted && wantedProperties(device, wanted);
      return [toEnrolmentSignal(device, properties, signalId, now, managedDeviceId)];
    },
    configuration: run.initialConfiguration,
    now,
    replacement: { records: run.devices, audit: run.audit, actor: {} },
  });
}

function isEnrolledAs(device: Device, wanted: IntuneDevice): boolean {
  const enrolment = device.enrolment?.value;
  return (
    enrolment?.isEnrolled === true &&
    enrolment.managedDeviceId === wanted.managedDeviceId &&
    toComparable(withOneSpelling(enrolment.properties)) ===
      toComparable(wantedProperties(device, wanted))
  );
}

/** If Intune gives no version, the one that is known of this enrolment still counts. */
function wantedProperties(
  device: Device,
  { managedDeviceId, properties }: IntuneDevice,
): ManagedDeviceProperties {
  const known =
    managedDeviceIdOf(device) === managedDeviceId
      ? managedProperties(device)?.osVersion
      : undefined;
  return properties.osVersion === UNKNOWN_VERSION && known !== undefined
    ? { ...properties, osVersion: known }
    : properties;
}

function toComparable(properties: object): string {
  return JSON.stringify(
    Object.entries(properties).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

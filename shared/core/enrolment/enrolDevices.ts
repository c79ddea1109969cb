import { toEnrolmentSignal } from './toEnrolmentSignal.ts';
import { isTransient } from '../../base/connectorError.ts';
import { managedDeviceIdOf, type Device } from '../../domain/devices/device.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { recomputeDevice } from '../devices/recomputeDevice.ts';
import type { IntuneDevice } from './intuneDevice.ts';
import { noteFailure, type SyncRun } from './syncRun.ts';

const CONCURRENCY = 16;

/**
 * Enrols each as it is; what is enrolled so already costs one read. One that may be what was left of an earlier
 * enrolment (`listed`), since Graph enrolled the device by another id of Intune's, is left as it is and returned.
 * @throws where waiting may help.
 */
export async function enrolDevices(
  run: SyncRun,
  wanted: readonly IntuneDevice[],
  source: 'latest' | 'listed',
): Promise<readonly IntuneDevice[]> {
  const unclear: IntuneDevice[] = [];
  await forEachDevice(run, wanted, async (device) => {
    const { deviceId, managedDeviceId } = device;
    const stored = await run.devices.load(deviceId);
    if (stored !== undefined && isEnrolledAs(stored.record.device, device)) return;
    const known = stored && managedDeviceIdOf(stored.record.device);
    if (source === 'listed' && (known ?? managedDeviceId) !== managedDeviceId) {
      unclear.push(device);
      return;
    }
    await run.devices.saveIdentifiers(deviceId, device.properties);
    await change(run, deviceId, device);
    run.counts.enrolled += 1;
  });
  return unclear;
}

/** Ends the enrolment of each that Graph enrolled. @throws where waiting may help. */
export async function unenrolDevices(run: SyncRun, deviceIds: readonly string[]): Promise<void> {
  await forEachDevice(
    run,
    deviceIds.map((deviceId) => ({ deviceId })),
    async ({ deviceId }) => {
      await change(run, deviceId, undefined);
      run.counts.unenrolled += 1;
    },
  );
}

/** Those of the devices that Graph enrolled. @throws where waiting may help. */
export async function enrolledByGraph(
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
      noteFailure(run, device.deviceId, error);
    }
  });
}

async function change(
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
      return [toEnrolmentSignal(device, wanted?.properties, signalId, now, managedDeviceId)];
    },
    configuration: run.loaded,
    now,
  });
}

function isEnrolledAs(device: Device, wanted: IntuneDevice): boolean {
  const enrolment = device.enrolment?.value;
  return (
    enrolment?.isEnrolled === true &&
    enrolment.managedDeviceId === wanted.managedDeviceId &&
    toComparable(enrolment.properties) === toComparable(wanted.properties)
  );
}

function toComparable(properties: object): string {
  return JSON.stringify(
    Object.entries(properties).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

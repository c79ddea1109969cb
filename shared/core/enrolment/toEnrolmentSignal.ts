import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { Device, Stamp } from '../../domain/devices/device.ts';
import type { ManagedDeviceProperties, DeviceSignal } from '../../domain/vocabulary/signal.ts';

/**
 * The signal that enrols the device, or ends its enrolment. It is later than what is kept even within one
 * millisecond or behind another writer's clock: a request that was answered stands.
 */
export function toEnrolmentSignal(
  device: Device,
  properties: ManagedDeviceProperties | undefined,
  signalId: string,
  now: DateTime,
  managedDeviceId?: string,
): DeviceSignal {
  const envelope = {
    signalId,
    deviceId: device.deviceId,
    observedDateTime: momentAfter(device.enrolment, now),
    receivedDateTime: now,
  };
  return properties === undefined
    ? { ...envelope, type: 'unenrolled' }
    : {
        ...envelope,
        type: 'enrolled',
        properties,
        ...defined({ managedDeviceId }),
      };
}

function momentAfter(known: Stamp | undefined, now: DateTime): DateTime {
  return known === undefined || known.observedDateTime < now
    ? now
    : new Date(Date.parse(known.observedDateTime) + 1).toISOString();
}

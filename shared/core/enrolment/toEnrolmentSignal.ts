import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { Device, Stamp } from '../../domain/devices/device.ts';
import type { ManagedDeviceProperties, DeviceSignal } from '../../domain/vocabulary/signal.ts';

/**
 * The signal that enrols the device, or without `properties` ends its enrolment. It is always later than the stored
 * enrolment, even within one millisecond or if another writer's clock is ahead, so an answered request takes effect.
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
    : addSeconds(known.observedDateTime, 0.001);
}

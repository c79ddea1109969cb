import type { DateTime } from '../../base/dateTime.ts';
import { recomputeDevice } from '../../core/devices/recomputeDevice.ts';
import { toEnrolmentSignal } from '../../core/enrolment/toEnrolmentSignal.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import { managedDeviceIdOf, managedProperties, type Device } from '../../domain/devices/device.ts';
import type { DeviceSignal, ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';
import type { HandlerContext } from '../http/handler.ts';

interface EnrolmentChange {
  readonly deviceId: string;
  /** Absent to end the enrolment. */
  readonly properties?: ManagedDeviceProperties;
  readonly now: DateTime;
}

interface ChangedEnrolment {
  readonly wasEnrolled: boolean;
  readonly after: DeviceRecord;
  /** The configuration that the device was evaluated with. */
  readonly configuration: Configuration;
}

/** Enrols a device with new properties, or ends its enrolment, and evaluates it at once. */
export async function changeEnrolment(
  { services, requestId, log }: HandlerContext,
  { deviceId, properties, now }: EnrolmentChange,
): Promise<ChangedEnrolment> {
  const configuration = await services.configuration.load();
  if (properties !== undefined) await services.devices.saveIdentifiers(deviceId, properties);
  const toSignals = (device: Device): readonly DeviceSignal[] => {
    // Graph still ends the enrolment of a device that it enrolled.
    if (properties !== undefined)
      return [toEnrolmentSignal(device, properties, requestId, now, managedDeviceIdOf(device))];
    return isEnrolled(device) ? [toEnrolmentSignal(device, undefined, requestId, now)] : [];
  };
  const { before, after } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    { deviceId, signals: toSignals, configuration, now },
  );
  const wasEnrolled = before !== undefined && isEnrolled(before.device);
  return { wasEnrolled, after, configuration };
}

function isEnrolled(device: Device): boolean {
  return managedProperties(device) !== undefined;
}

import { defined } from '../../base/defined.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { toIdentifiers } from '../../core/devices/identifiersOf.ts';
import { enrolWithUnmatched } from '../../core/eventSources/enrolWithUnmatched.ts';
import { recomputeDevice, type Recomputed } from '../../core/devices/recomputeDevice.ts';
import { toEnrolmentSignal } from '../../core/enrolment/toEnrolmentSignal.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import { managedDeviceIdOf, managedProperties, type Device } from '../../domain/devices/device.ts';
import type { DeviceSignal, ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { HandlerContext } from '../http/handler.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { toActor } from '../http/toActor.ts';

interface EnrolmentChange {
  readonly deviceId: string;
  /** Absent to end the enrolment. */
  readonly properties?: ManagedDeviceProperties;
  readonly now: DateTime;
}

interface ChangedEnrolment {
  /** Also true if the record could not be read, because the device may have been enrolled. */
  readonly wasEnrolled: boolean;
  readonly after: DeviceRecord;
  /** The configuration that the device was evaluated with. */
  readonly configuration: Configuration;
}

/**
 * Enrols a device with new properties, or ends its enrolment, and evaluates it at once. Records the change in the audit
 * log, with the properties before and after it. A record that cannot be read is replaced.
 */
export async function changeEnrolment(
  context: HandlerContext,
  caller: Caller,
  { deviceId, properties, now }: EnrolmentChange,
): Promise<ChangedEnrolment> {
  const { services, requestId, log } = context;
  const configuration = await services.configuration.load();
  const identifiers = properties && toIdentifiers(properties, undefined);
  if (identifiers !== undefined) await services.devices.saveIdentifiers(deviceId, identifiers);
  const toSignals = (device: Device): readonly DeviceSignal[] => {
    // Graph still ends the enrolment of a device that it enrolled.
    if (properties !== undefined)
      return [toEnrolmentSignal(device, properties, requestId, now, managedDeviceIdOf(device))];
    return isEnrolled(device) ? [toEnrolmentSignal(device, undefined, requestId, now)] : [];
  };
  const replacement = { records: services.devices, audit: services.audit, actor: toActor(caller) };
  const change = (): Promise<Recomputed> =>
    recomputeDevice(
      { ...services, announcements: services.queues, log },
      { deviceId, signals: toSignals, configuration, now, replacement },
    );
  const waiting = { ...services, signals: services.queues };
  const { before, after, isReplacement } = await (identifiers === undefined
    ? change()
    : enrolWithUnmatched(waiting, deviceId, identifiers, change));
  const known = before && managedProperties(before.device);
  const wasEnrolled = isReplacement || known !== undefined;
  if (properties !== undefined || wasEnrolled)
    await recordAudit(context, caller, {
      activityType: `${properties === undefined ? 'delete' : wasEnrolled ? 'update' : 'create'} managed device`,
      resourceType: 'managedDevice',
      resourceId: deviceId,
      ...defined({ before: known, after: managedProperties(after.device) }),
    });
  return { wasEnrolled, after, configuration };
}

function isEnrolled(device: Device): boolean {
  return managedProperties(device) !== undefined;
}

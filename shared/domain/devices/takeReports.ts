import { defined } from '../../base/defined.ts';
import type { Device } from './device.ts';
import { namedInEither } from './enrolledUser.ts';
import { supersedes } from './supersedes.ts';

/** Whether nobody has reported on the device under this id: nothing but its enrolment is known. */
export function isUnreported(device: Device): boolean {
  const { deviceId: _, enrolment: __, namedUserBy: ___, incidents, ...reports } = device;
  return incidents.length === 0 && Object.keys(reports).length === 0;
}

/**
 * The device with the reports that were stored for it under another spelling of its id, if there are none under its own.
 * Of two enrolments the later one counts, as in `mergeSignals`.
 */
export function takeReports(device: Device, stored: Device): Device {
  if (!isUnreported(device)) return device;
  return {
    ...stored,
    deviceId: device.deviceId,
    ...defined({ enrolment: laterOf(device, stored) }),
    namedUserBy: namedInEither(device, stored),
  };
}

function laterOf({ enrolment: own }: Device, { enrolment: other }: Device): Device['enrolment'] {
  if (own === undefined || other === undefined) return own ?? other;
  return supersedes(other, own) ? other : own;
}

import { managedDeviceIdOf, managedProperties, type Device } from '../../domain/devices/device.ts';
import { defined } from '../../base/defined.ts';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';
import type { EnrolledIdentifiers } from '../ports/devices.ts';

/** The identifiers that the device is enrolled with; none if it is not enrolled. */
export function identifiersOf(device: Device): EnrolledIdentifiers {
  const properties = managedProperties(device);
  return properties === undefined ? {} : toIdentifiers(properties, managedDeviceIdOf(device));
}

/** The identifiers in the properties of an enrolment, with Intune's own id of the device. */
export function toIdentifiers(
  { serialNumber, udid, imei, wiFiMacAddress }: ManagedDeviceProperties,
  managedDeviceId: string | undefined,
): EnrolledIdentifiers {
  return defined({ serialNumber, udid, imei, wiFiMacAddress, managedDeviceId });
}

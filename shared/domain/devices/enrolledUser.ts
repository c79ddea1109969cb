import { isEmptyGuid } from '../../base/guid.ts';
import {
  USER_PROPERTIES,
  type DeviceSignal,
  type ManagedDeviceProperties,
  type UserProperty,
} from '../vocabulary/signal.ts';
import { managedProperties, type Device } from './device.ts';

/**
 * The device with the properties that name a user in this enrolment added to those that ever did.
 * INVARIANT: the names are only added, so the order of the enrolments does not matter.
 */
export function withEnrolledUser(device: Device, signal: DeviceSignal): Device {
  if (signal.type === 'enrolled') return withNames(device, namedIn(signal.properties));
  // The end of an enrolment replaces its properties, so what they tell is kept first.
  return signal.type === 'unenrolled' && managedProperties(device) !== undefined
    ? withNames(device, [])
    : device;
}

function withNames(device: Device, names: readonly UserProperty[]): Device {
  const namedUserBy = union(everNamed(device), names);
  return namedUserBy.length === device.namedUserBy?.length ? device : { ...device, namedUserBy };
}

/**
 * Whether the device had a user and has none now. Intune empties the properties of a device whose user was deleted or
 * removed; a dedicated device never had any, so it is not affected. A property that is absent says nothing.
 */
export function isUserGone(device: Device, properties: ManagedDeviceProperties): boolean {
  const ever = everNamed(device);
  const emptied = emptyIn(properties);
  return namedIn(properties).length === 0
    ? emptied.length > 0 && ever.length > 0
    : emptied.some((name) => ever.includes(name));
}

/** The properties that named a user in any enrolment of either record. */
export function namedInEither(device: Device, other: Device): readonly UserProperty[] {
  return union(everNamed(device), everNamed(other));
}

/**
 * The stored enrolment counts too, because a release that does not know `namedUserBy` may have written it. In a record
 * without `namedUserBy` an empty property means that the user is gone, as it did when the record was written.
 */
function everNamed(device: Device): readonly UserProperty[] {
  const properties = managedProperties(device);
  if (properties === undefined) return device.namedUserBy ?? [];
  return union(device.namedUserBy ?? emptyIn(properties), namedIn(properties));
}

function namedIn(properties: ManagedDeviceProperties): readonly UserProperty[] {
  return USER_PROPERTIES.filter(
    (name) => properties[name] !== undefined && !isEmpty(properties[name]),
  );
}

function emptyIn(properties: ManagedDeviceProperties): readonly UserProperty[] {
  return USER_PROPERTIES.filter((name) => isEmpty(properties[name]));
}

/** Microsoft's services write an empty text or the empty GUID where there is no user. */
function isEmpty(value: string | undefined): boolean {
  return value === '' || isEmptyGuid(value);
}

function union(a: readonly UserProperty[], b: readonly UserProperty[]): readonly UserProperty[] {
  return USER_PROPERTIES.filter((name) => a.includes(name) || b.includes(name));
}

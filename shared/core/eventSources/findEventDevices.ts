import { BoundedMap } from '../../base/boundedMap.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { managedProperties, type Device } from '../../domain/devices/device.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { EVENT_IDENTIFIERS, type EventIdentifier } from '../../domain/vocabulary/eventSource.ts';
import { isPlaceholder } from '../../domain/vocabulary/isPlaceholder.ts';
import { identifiersOf } from '../devices/identifiersOf.ts';
import { toIdentifier } from '../devices/toIdentifier.ts';
import { toImei } from '../devices/toImei.ts';
import { readDeviceId } from '../ingest/readDeviceId.ts';
import type { DeviceReader } from '../ports/devices.ts';

const MAX_REMEMBERED = 50_000;
/** An identifier moves from one device to another only by an enrolment. */
const REMEMBERED_IN_MILLISECONDS = 60_000;

export interface EventDevices {
  /**
   * The ids of the enrolled devices that the event is about, by the strongest of its identifiers that any is enrolled
   * with; empty if none is known. Several devices with the identifier are all of them. What was found is remembered for a
   * minute, what was not found is asked again. Else a device id costs one point read, and any other identifier one, and one
   * more for each device that was ever enrolled with it. Questions at the same time share their reads.
   * @throws ConnectorError `serviceNotAvailable` if the store does not answer.
   */
  find(identifiers: readonly EventIdentifier[]): Promise<readonly string[]>;
}

export function createEventDevices(
  devices: Pick<DeviceReader, 'load' | 'findDeviceIds'>,
  now: () => Date,
): EventDevices {
  const remembered = new BoundedMap<
    string,
    { readonly ids: readonly string[]; readonly at: number }
  >(MAX_REMEMBERED);
  const asked = new Map<string, Promise<readonly string[]>>();
  const ask = async (key: string, identifier: EventIdentifier): Promise<readonly string[]> => {
    try {
      const at = now().getTime();
      const ids = await findInAnySpelling(devices, identifier);
      if (ids.length > 0) remembered.set(key, { ids, at });
      return ids;
    } finally {
      asked.delete(key);
    }
  };
  const findBy = async (identifier: EventIdentifier): Promise<readonly string[]> => {
    const key = toKey(identifier);
    const known = remembered.get(key);
    const isFresh = known && now().getTime() - known.at < REMEMBERED_IN_MILLISECONDS;
    if (isFresh === true) return known.ids;
    const asking = asked.get(key) ?? ask(key, identifier);
    asked.set(key, asking);
    return asking;
  };
  return {
    async find(identifiers) {
      for (const identifier of strongestFirst(identifiers)) {
        if (isPlaceholder(identifier.value)) continue;
        const ids = await findBy(identifier);
        if (ids.length > 0) return ids;
      }
      return [];
    },
  };
}

/** The identifiers of an event, the strongest first. */
export function strongestFirst(
  identifiers: readonly EventIdentifier[],
): readonly EventIdentifier[] {
  return identifiers.toSorted(
    (a, b) => EVENT_IDENTIFIERS.indexOf(a.name) - EVENT_IDENTIFIERS.indexOf(b.name),
  );
}

/** The form in which an identifier is compared. */
export function toKey({ name, value }: EventIdentifier): string {
  if (name === 'deviceId') return `${name}:${toDeviceId(value)}`;
  return `${name}:${(name === 'imei' ? toImei(value) : undefined) ?? toIdentifier(name, value)}`;
}

/** The lists of devices have an IMEI as it was enrolled, which is usually its printed form. */
async function findInAnySpelling(
  devices: Pick<DeviceReader, 'load' | 'findDeviceIds'>,
  identifier: EventIdentifier,
): Promise<readonly string[]> {
  const { name, value } = identifier;
  const printed = name === 'imei' ? toImei(value) : undefined;
  if (printed === undefined || printed === value) return findEnrolled(devices, identifier);
  const found = await findEnrolled(devices, { name, value: printed });
  return found.length > 0 ? found : findEnrolled(devices, identifier);
}

async function findEnrolled(
  devices: Pick<DeviceReader, 'load' | 'findDeviceIds'>,
  { name, value }: EventIdentifier,
): Promise<readonly string[]> {
  if (name === 'deviceId') {
    // The store fails for an id that it cannot have, so the event would hold up the others for good.
    const deviceId = readDeviceId({ deviceId: value });
    if (deviceId === undefined) return [];
    const device = await loadDevice(devices, deviceId);
    const isEnrolled = device === 'unreadable' || (device && managedProperties(device));
    return isEnrolled ? [deviceId] : [];
  }
  const { deviceIds } = await devices.findDeviceIds(name, value);
  const wanted = toIdentifier(name, value);
  const found = await Promise.all(
    deviceIds.map(async (deviceId) => {
      const device = await loadDevice(devices, deviceId);
      // A record that cannot be read may have any identifier.
      if (device === 'unreadable') return [deviceId];
      const enrolled = device && identifiersOf(device)[name];
      return enrolled !== undefined && toIdentifier(name, enrolled) === wanted ? [deviceId] : [];
    }),
  );
  return found.flat();
}

async function loadDevice(
  devices: Pick<DeviceReader, 'load'>,
  deviceId: string,
): Promise<Device | 'unreadable' | undefined> {
  try {
    return (await devices.load(deviceId))?.record.device;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'deviceRecordInvalid')
      return 'unreadable';
    throw error;
  }
}

import type { DateTime } from '../../../base/dateTime.ts';
import { EMPTY_GUID } from '../../../base/guid.ts';
import { macDigits } from '../../../base/macAddress.ts';
import type { ManagedDeviceProperties } from '../../../domain/vocabulary/signal.ts';
import type { HttpRequest } from '../../http/http.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import type { NacPage } from './findNacDevices.ts';
import type { NacDevice } from './nacDevice.ts';
import type { NacQuery } from './nacQuery.ts';

/** Intune NAC: the version of Intune's service that answers in JSON. */
const API_VERSION = '1.1';

const OWNERS: Readonly<
  Record<NonNullable<ManagedDeviceProperties['managedDeviceOwnerType']>, string>
> = { company: 'Corporate', personal: 'Personal', unknown: 'Unknown' };

/** Checks the requested version. @throws ConnectorError `invalidRequest` for an unsupported version. */
export function requireIntuneNacVersion({ query }: HttpRequest): void {
  const version = query.get('api-version');
  if (version !== null && version !== API_VERSION)
    throw invalidOption('api-version', `must be \`${API_VERSION}\``);
}

/** Intune NAC: the body as Intune's service writes it, one device or a list as the query requests. */
export function toIntuneNacAnswer({ kind }: NacQuery, { devices, nextPage }: NacPage): object {
  return kind === 'devices'
    ? toIntuneNacDevice(devices[0])
    : { pagingInfo: nextPage ?? 0, deviceList: devices.map(toIntuneNacDevice) };
}

/**
 * One device. An unenrolled device is one that is not managed. `isManaged` and `complianceState` are booleans, and
 * unknown values are empty strings, because clients read every field without checking whether it is present.
 */
function toIntuneNacDevice(device: NacDevice | undefined): object {
  const properties = device?.properties;
  return {
    azureDeviceId: device?.deviceId || EMPTY_GUID,
    complianceState: device?.isCompliant ?? false,
    deviceOwner: OWNERS[properties?.managedDeviceOwnerType ?? 'unknown'],
    imei: properties?.imei ?? '',
    isManaged: device !== undefined,
    lastContactTimeUtc: toIntuneTime(device?.lastContactDateTime),
    macAddress: macDigits(properties?.wiFiMacAddress ?? '').toUpperCase(),
    manufacturer: '',
    meid: '',
    model: '',
    osVersion: properties?.osVersion ?? '',
    serialNumber: properties?.serialNumber ?? '',
    udid: properties?.udid ?? '',
  };
}

/** A moment as .NET writes it for the United States: `10/18/2020 14:05:26`. */
function toIntuneTime(moment: DateTime | undefined): string {
  const [, year, month, day, time] =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(moment ?? '') ?? [];
  return time === undefined ? '' : `${month ?? ''}/${day ?? ''}/${year ?? ''} ${time}`;
}

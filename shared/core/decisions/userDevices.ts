import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import type { DeviceList, DevicePage, UnreadableRecord } from '../ports/devices.ts';

/** The limit of devices to evaluate for one user. */
export const MAX_USER_DEVICES = 100;

/** The enrolled devices of one user. */
export interface UserDevices {
  /** Of at most `MAX_USER_DEVICES` devices. All further devices together count as one in error. */
  readonly evaluations: readonly ComplianceEvaluation[];
  readonly hasMore: boolean;
}

/** The stored records of the enrolled devices of one user. */
export interface UserRecords extends Omit<DevicePage, 'continuation'> {
  /** Whether the user has more than `MAX_USER_DEVICES` devices. Then not all of them were read. */
  readonly hasMore: boolean;
}

/**
 * Reads the devices of a user, page by page: Cosmos DB may return an empty page before the last one
 * (https://learn.microsoft.com/azure/cosmos-db/nosql/query/pagination). Usually costs one indexed query.
 */
export async function listUserDevices(
  devices: DeviceList,
  userPrincipalName: string,
): Promise<UserRecords> {
  const records: DeviceRecord[] = [];
  const unreadable: UnreadableRecord[] = [];
  let left = MAX_USER_DEVICES + 1;
  let continuation: string | undefined;
  do {
    const page = await devices.list({ userPrincipalName }, left, continuation);
    records.push(...page.records);
    unreadable.push(...page.unreadable);
    left = MAX_USER_DEVICES + 1 - records.length - unreadable.length;
    ({ continuation } = page);
  } while (continuation !== undefined && left > 0);
  return { records, unreadable, hasMore: left <= 0 };
}

/**
 * Evaluates the enrolled devices of a user at `now`, for callers that cannot identify the device. Costs what
 * `listUserDevices` costs. Devices with an unreadable record and devices beyond the limit are in error: unread devices
 * must not count as compliant.
 */
export async function evaluateUserDevices(
  devices: DeviceList,
  userPrincipalName: string,
  configuration: Configuration,
  now: DateTime,
): Promise<UserDevices> {
  const { records, unreadable, hasMore } = await listUserDevices(devices, userPrincipalName);
  const evaluations = [
    ...records.map((record) => evaluateCompliance(record, configuration, now)),
    ...unreadable.map(({ message }) => evaluateUnreadable(message)),
  ];
  if (!hasMore) return { evaluations, hasMore };
  const others = `the user has more than ${String(MAX_USER_DEVICES)} devices; not all were read`;
  return {
    evaluations: [...evaluations.slice(0, MAX_USER_DEVICES), evaluateUnreadable(others)],
    hasMore,
  };
}

import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { DeviceList } from '../ports/devices.ts';

/** The limit of devices to evaluate for one user. */
export const MAX_USER_DEVICES = 100;

/** The enrolled devices of one user. */
export interface UserDevices {
  /** Of at most `MAX_USER_DEVICES` devices. All further devices together count as one in error. */
  readonly evaluations: readonly ComplianceEvaluation[];
  readonly hasMore: boolean;
}

/**
 * Evaluates the enrolled devices of a user at `now`, for callers that cannot identify the device. Costs one indexed
 * query. Devices with an unreadable record and devices beyond the limit are in error: unread devices must not count as
 * compliant.
 */
export async function evaluateUserDevices(
  devices: DeviceList,
  userPrincipalName: string,
  configuration: Configuration,
  now: DateTime,
): Promise<UserDevices> {
  const evaluations: ComplianceEvaluation[] = [];
  let continuation: string | undefined;
  do {
    const wanted = MAX_USER_DEVICES + 1 - evaluations.length;
    const page = await devices.list({ userPrincipalName }, wanted, continuation);
    evaluations.push(
      ...page.records.map((record) => evaluateCompliance(record, configuration, now)),
      ...page.unreadable.map(({ message }) => evaluateUnreadable(message)),
    );
    ({ continuation } = page);
  } while (continuation !== undefined && evaluations.length <= MAX_USER_DEVICES);
  const hasMore = evaluations.length > MAX_USER_DEVICES;
  if (!hasMore) return { evaluations, hasMore };
  const others = `the user has more than ${String(MAX_USER_DEVICES)} devices; not all were read`;
  return {
    evaluations: [...evaluations.slice(0, MAX_USER_DEVICES), evaluateUnreadable(others)],
    hasMore,
  };
}

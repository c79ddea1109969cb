import { assertUnreachable } from '../../../base/assertUnreachable.ts';
import { ConnectorError } from '../../../base/connectorError.ts';
import type { DateTime } from '../../../base/dateTime.ts';
import type { Log } from '../../../base/log.ts';
import type { RateLimit } from '../../../core/decisions/rateLimit.ts';
import { readDevices } from '../../../core/decisions/readDevice.ts';
import {
  listUserDevices,
  MAX_USER_DEVICES,
  type UserRecords,
} from '../../../core/decisions/userDevices.ts';
import type { ConfigurationReader } from '../../../core/ports/configuration.ts';
import type { DeviceList, DevicePage, DeviceReader } from '../../../core/ports/devices.ts';
import type { Listings } from '../../../core/ports/listings.ts';
import type { Milestones } from '../../../core/ports/milestones.ts';
import { recordMilestone } from '../../../core/setup/recordMilestone.ts';
import type { Configuration } from '../../../domain/compliance/configuration.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
} from '../../../domain/compliance/evaluateCompliance.ts';
import { listNoncompliant } from './listNoncompliant.ts';
import { toNacDevice, toWorstNacDevice, type NacDevice } from './nacDevice.ts';
import { MAX_NAC_DEVICES, type NacQuery } from './nacQuery.ts';

/** Intune NAC and Cisco ISE: the services that a query needs. */
export interface NacServices {
  readonly devices: DeviceReader & DeviceList;
  readonly configuration: ConfigurationReader;
  readonly listings: Listings;
  readonly milestones: Milestones;
  readonly rateLimit: RateLimit;
  readonly random: () => number;
  readonly log: Log;
}

export interface NacPage {
  /** Enrolled devices only, in no particular order. */
  readonly devices: readonly NacDevice[];
  /** Absent on the last page. */
  readonly nextPage?: number;
}

/**
 * Intune NAC and Cisco ISE: the enrolled devices that a query asks about, each evaluated now. For the rate limit a
 * device counts as one decision, and a list as its longest possible answer.
 * @throws ConnectorError `activityLimitReached` if the caller asks too often, `serviceNotAvailable` if the store does
 * not answer, a user has too many devices, or the same page is being answered to another request. There is no partial
 * answer.
 */
export async function findNacDevices(
  services: NacServices,
  query: NacQuery,
  { caller, at }: { readonly caller: string; readonly at: Date },
): Promise<NacPage> {
  services.rateLimit.take(caller, costOf(query), at);
  const configuration = await services.configuration.load();
  const now = at.toISOString();
  await recordMilestone(services, 'firstCaller', now);
  const { devices } = services;
  switch (query.kind) {
    case 'devices': {
      const found = query.devices.map(async (asked) =>
        toWorstNacDevice(asked, await readDevices(devices, asked, configuration, now)),
      );
      return { devices: (await Promise.all(found)).flatMap((each) => each ?? []) };
    }
    case 'user':
      return {
        devices: toDevices(
          await requireAllDevices(devices, query.userPrincipalName),
          configuration,
          now,
        ),
      };
    case 'noncompliant':
      return listNoncompliant(services, { caller, page: query.page }, (page) =>
        toDevices(page, configuration, now).filter(({ isCompliant }) => !isCompliant),
      );
    default:
      return assertUnreachable(query);
  }
}

/**
 * All devices of a user. A device that is missing from the answer counts as not enrolled, so there is no answer with a
 * part of them.
 * @throws ConnectorError `serviceNotAvailable` if the user has more devices than one answer holds.
 */
async function requireAllDevices(
  devices: DeviceList,
  userPrincipalName: string,
): Promise<UserRecords> {
  const found = await listUserDevices(devices, userPrincipalName);
  if (!found.hasMore) return found;
  throw new ConnectorError(
    'serviceNotAvailable',
    `the user has more than ${String(MAX_USER_DEVICES)} devices; ask about each of them`,
  );
}

function costOf(query: NacQuery): number {
  return query.kind === 'devices' ? Math.max(1, query.devices.length) : MAX_NAC_DEVICES;
}

function toDevices(
  { records, unreadable }: Pick<DevicePage, 'records' | 'unreadable'>,
  configuration: Configuration,
  now: DateTime,
): readonly NacDevice[] {
  return [
    ...records.flatMap((record) => {
      const evaluation = evaluateCompliance(record, configuration, now);
      return toNacDevice({ device: record.device, evaluation }) ?? [];
    }),
    ...unreadable.map(({ deviceId, message }) => ({
      deviceId,
      isCompliant: false,
      evaluation: evaluateUnreadable(message),
    })),
  ];
}

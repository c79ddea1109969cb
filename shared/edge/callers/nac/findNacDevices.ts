import { assertUnreachable } from '../../../base/assertUnreachable.ts';
import type { Configuration } from '../../../domain/compliance/configuration.ts';
import type { DateTime } from '../../../base/dateTime.ts';
import type { Log } from '../../../base/log.ts';
import type {
  ConfigurationDocuments,
  ConfigurationReader,
} from '../../../core/ports/configuration.ts';
import type { DeviceList, DevicePage, DeviceReader } from '../../../core/ports/devices.ts';
import type { Milestones } from '../../../core/ports/milestones.ts';
import { recordMilestone } from '../../../core/setup/recordMilestone.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
} from '../../../domain/compliance/evaluateCompliance.ts';
import { readDevice } from '../../../core/decisions/readDevice.ts';
import type { RateLimit } from '../../../core/decisions/rateLimit.ts';
import { listNoncompliant } from './listNoncompliant.ts';
import { toNacDevice, type NacDevice } from './nacDevice.ts';
import { MAX_NAC_DEVICES, type NacQuery } from './nacQuery.ts';

/** What the NAC doors need of the world. */
export interface NacServices {
  readonly devices: DeviceReader & DeviceList;
  readonly configuration: ConfigurationReader;
  readonly documents: Pick<ConfigurationDocuments, 'loadDocument' | 'saveDocument'>;
  readonly milestones: Milestones;
  readonly rateLimit: RateLimit;
  readonly log: Log;
}

export interface NacPage {
  /** In no order that means anything; who is not enrolled is not among them. */
  readonly devices: readonly NacDevice[];
  /** Absent where this was the last. */
  readonly nextPage?: number;
}

/**
 * The enrolled devices that a network access control asks about, each evaluated at this moment. A device costs what a
 * decision does, a list what its longest answer would.
 * @throws ConnectorError `activityLimitReached` where the caller asks too often, `serviceNotAvailable` where the store
 * does not answer or the list of all was asked for too soon: nothing is answered then.
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
      const read = query.devices.map((asked) => readDevice(devices, asked, configuration, now));
      return { devices: (await Promise.all(read)).flatMap((each) => toNacDevice(each) ?? []) };
    }
    case 'user': {
      // Nobody has so many devices; who had would see the first hundred.
      const filter = { userPrincipalName: query.userPrincipalName };
      return {
        devices: toDevices(
          await devices.list(filter, MAX_NAC_DEVICES, undefined),
          configuration,
          now,
        ),
      };
    }
    case 'noncompliant':
      return listNoncompliant(services, { caller, page: query.page, now }, (page) =>
        toDevices(page, configuration, now).filter(({ isCompliant }) => !isCompliant),
      );
    default:
      return assertUnreachable(query);
  }
}

function costOf(query: NacQuery): number {
  return query.kind === 'devices' ? Math.max(1, query.devices.length) : MAX_NAC_DEVICES;
}

function toDevices(
  { records, unreadable }: DevicePage,
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

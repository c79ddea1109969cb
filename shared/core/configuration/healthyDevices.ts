import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import {
  createDevice,
  type Device,
  type Fact,
  type SourceReports,
} from '../../domain/devices/device.ts';
import { DEFAULT_SOURCE_ID } from '../../domain/vocabulary/eventSource.ts';
import type { EvaluationSubject } from '../../domain/compliance/evaluateCompliance.ts';
import { namedGroups } from '../../domain/compliance/namedGroups.ts';
import { OPERATING_SYSTEMS, type ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

/** Newer than any minimum that a policy sets. */
const NEWEST_OS_VERSION = '999';
const NEWEST_PATCH_LEVEL = '9999-12-31';

type User = Pick<ManagedDeviceProperties, 'userPrincipalName' | 'userId' | 'groupIds'>;

/**
 * Devices without a fault: one for each platform, each maximum version, and each user that a policy may apply to. A
 * configuration that allows none of them allows no device.
 */
export function healthyDevices(
  configurations: readonly Configuration[],
  now: DateTime,
): readonly EvaluationSubject[] {
  const versions = new Set([
    NEWEST_OS_VERSION,
    ...configurations.flatMap(({ compliancePolicies }) =>
      compliancePolicies.flatMap(({ osMaximumVersion }) => osMaximumVersion ?? []),
    ),
  ]);
  const sourceIds = configurations
    .flatMap(({ eventSources }) => eventSources.map(({ id }) => id))
    .filter((id) => id !== DEFAULT_SOURCE_ID);
  return OPERATING_SYSTEMS.flatMap((operatingSystem) =>
    [...versions].flatMap((osVersion) =>
      usersOf(configurations).map((user) => ({
        device: createHealthyDevice({ operatingSystem, osVersion, ...user }, sourceIds, now),
      })),
    ),
  );
}

/** A user whom no policy names, a member of all named groups, a member of each one, and each named user. */
function usersOf(configurations: readonly Configuration[]): readonly User[] {
  const unnamed = { userPrincipalName: 'nobody@invalid', userId: 'nobody', groupIds: [] };
  const groups = configurations
    .map(namedGroups)
    .flatMap(({ assigned, included }) => [...assigned, ...included]);
  const names = configurations.flatMap(({ conditionalAccessPolicies }) =>
    conditionalAccessPolicies.flatMap(({ conditions }) => conditions.users?.includeUsers ?? []),
  );
  return [
    unnamed,
    { ...unnamed, groupIds: [...new Set(groups)] },
    ...[...new Set(groups)].map((group) => ({ ...unnamed, groupIds: [group] })),
    ...[...new Set(names)].map((name) =>
      name.includes('@') ? { ...unnamed, userPrincipalName: name } : { ...unnamed, userId: name },
    ),
  ];
}

function createHealthyDevice(
  properties: ManagedDeviceProperties,
  sourceIds: readonly string[],
  now: DateTime,
): Device {
  const fact = <T>(value: T): Fact<T> => ({ observedDateTime: now, signalId: 'healthy', value });
  const reports: SourceReports = {
    incidents: [],
    activated: { observedDateTime: now, signalId: 'activated' },
    verdict: fact({ riskLevel: 'minimal' }),
    lastSeenDateTime: now,
    physical: fact({ passcodeEnabled: true, storageEncrypted: true, jailbrokenOrRooted: false }),
    vulnerability: fact({ securityPatchLevel: NEWEST_PATCH_LEVEL }),
  };
  const sources = Object.fromEntries(sourceIds.map((id) => [id, reports]));
  return {
    ...createDevice('healthy'),
    ...reports,
    enrolment: fact({ isEnrolled: true, properties }),
    ...(sourceIds.length === 0 ? {} : { sources }),
  };
}

import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { createDevice, type Device, type Fact } from '../../domain/devices/device.ts';
import type { EvaluationSubject } from '../../domain/compliance/evaluateCompliance.ts';
import { namedGroups } from '../../domain/compliance/namedGroups.ts';
import { OPERATING_SYSTEMS, type ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

/** Newer than what anybody asks for at the least. */
const NEWEST_OS_VERSION = '999';
const NEWEST_PATCH_LEVEL = '9999-12-31';

type User = Pick<ManagedDeviceProperties, 'userPrincipalName' | 'userId' | 'groupIds'>;

/**
 * Devices that no administrator could find fault with, of each platform, at each version that is the newest allowed,
 * and of each user that a policy may be for: what a configuration lets in if it lets anybody in.
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
  return OPERATING_SYSTEMS.flatMap((operatingSystem) =>
    [...versions].flatMap((osVersion) =>
      usersOf(configurations).map((user) => ({
        device: faultless({ operatingSystem, osVersion, ...user }, now),
      })),
    ),
  );
}

/** One whom nothing names, and for each group or user that something is for, one who is just that. */
function usersOf(configurations: readonly Configuration[]): readonly User[] {
  const nobody = { userPrincipalName: 'nobody@invalid', userId: 'nobody', groupIds: [] };
  const groups = configurations
    .map(namedGroups)
    .flatMap(({ assigned, included }) => [...assigned, ...included]);
  const names = configurations.flatMap(({ conditionalAccessPolicies }) =>
    conditionalAccessPolicies.flatMap(({ conditions }) => conditions.users?.includeUsers ?? []),
  );
  return [
    nobody,
    { ...nobody, groupIds: [...new Set(groups)] },
    ...[...new Set(groups)].map((group) => ({ ...nobody, groupIds: [group] })),
    ...[...new Set(names)].map((name) =>
      name.includes('@') ? { ...nobody, userPrincipalName: name } : { ...nobody, userId: name },
    ),
  ];
}

function faultless(properties: ManagedDeviceProperties, now: DateTime): Device {
  const fact = <T>(value: T): Fact<T> => ({ observedDateTime: now, signalId: 'faultless', value });
  return {
    ...createDevice('faultless'),
    enrolment: fact({ isEnrolled: true, properties }),
    activated: { observedDateTime: now, signalId: 'activated' },
    verdict: fact({ riskLevel: 'minimal' }),
    lastSeenDateTime: now,
    physical: fact({ passcodeEnabled: true, storageEncrypted: true, jailbrokenOrRooted: false }),
    vulnerability: fact({ securityPatchLevel: NEWEST_PATCH_LEVEL }),
  };
}

import { toPlatform, type AssignmentTarget, type DeviceCompliancePolicy } from './configuration.ts';
import { groupMembership, type GroupFacts } from './groupMembership.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

/**
 * The policies that are assigned to the device and its platform. An exclusion wins over every inclusion, as in Intune.
 * Without `groupIds` the device's groups are unknown, all of them or those in `partlyKnownGroups.unknown`: an included
 * group that is unknown counts as one of them, and an excluded one does not. An empty list means that the device is in
 * no group.
 */
export function assignedPolicies(
  policies: readonly DeviceCompliancePolicy[],
  device: ManagedDeviceProperties,
): readonly DeviceCompliancePolicy[] {
  const platform = toPlatform(device.operatingSystem);
  const type =
    platform === 'android'
      ? '#microsoft.graph.androidCompliancePolicy'
      : '#microsoft.graph.iosCompliancePolicy';
  return policies.filter((policy) => {
    if (policy['@odata.type'] !== type) return false;
    const targets = policy.assignments.map(({ target }) => target);
    return (
      targets.some((target) => includes(target, device)) &&
      !targets.some((target) => excludes(target, device))
    );
  });
}

function includes(target: AssignmentTarget, groups: GroupFacts): boolean {
  switch (target['@odata.type']) {
    case '#microsoft.graph.allLicensedUsersAssignmentTarget':
    case '#microsoft.graph.allDevicesAssignmentTarget':
      return true;
    case '#microsoft.graph.groupAssignmentTarget':
      return groupMembership(target.groupId, groups) !== 'no';
    default:
      return false;
  }
}

function excludes(target: AssignmentTarget, groups: GroupFacts): boolean {
  return (
    target['@odata.type'] === '#microsoft.graph.exclusionGroupAssignmentTarget' &&
    groupMembership(target.groupId, groups) === 'yes'
  );
}

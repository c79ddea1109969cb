import { toPlatform, type AssignmentTarget, type DeviceCompliancePolicy } from './configuration.ts';
import type { ManagedDeviceProperties } from './signal.ts';

/** The policies of the device's platform that are assigned to it; an exclusion beats every inclusion, as in Intune. */
export function assignedPolicies(
  policies: readonly DeviceCompliancePolicy[],
  device: ManagedDeviceProperties,
): readonly DeviceCompliancePolicy[] {
  const platform = toPlatform(device.operatingSystem);
  const type =
    platform === 'android'
      ? '#microsoft.graph.androidCompliancePolicy'
      : '#microsoft.graph.iosCompliancePolicy';
  const groups = device.groupIds ?? [];
  return policies.filter((policy) => {
    if (policy['@odata.type'] !== type) return false;
    const targets = policy.assignments.map(({ target }) => target);
    return (
      targets.some((target) => includes(target, groups)) &&
      !targets.some((target) => excludes(target, groups))
    );
  });
}

function includes(target: AssignmentTarget, groups: readonly string[]): boolean {
  switch (target['@odata.type']) {
    case '#microsoft.graph.allLicensedUsersAssignmentTarget':
    case '#microsoft.graph.allDevicesAssignmentTarget':
      return true;
    case '#microsoft.graph.groupAssignmentTarget':
      return groups.includes(target.groupId);
    default:
      return false;
  }
}

function excludes(target: AssignmentTarget, groups: readonly string[]): boolean {
  return (
    target['@odata.type'] === '#microsoft.graph.exclusionGroupAssignmentTarget' &&
    groups.includes(target.groupId)
  );
}

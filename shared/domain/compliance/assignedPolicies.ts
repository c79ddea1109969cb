import { foldGuid } from '../../base/guid.ts';
import { toPlatform, type AssignmentTarget, type DeviceCompliancePolicy } from './configuration.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

/**
 * The policies that are assigned to the device and its platform. An exclusion wins over every inclusion, as in Intune.
 * Without `groupIds` the device's groups are unknown: every included group counts as one of them, and no excluded group
 * does. An empty list means that the device is in no group. Group ids are GUIDs, so stored policies and enrolments may
 * have them in any spelling.
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
  const groups = device.groupIds && new Set(device.groupIds.map(foldGuid));
  return policies.filter((policy) => {
    if (policy['@odata.type'] !== type) return false;
    const targets = policy.assignments.map(({ target }) => target);
    return (
      targets.some((target) => includes(target, groups)) &&
      !targets.some((target) => excludes(target, groups))
    );
  });
}

function includes(target: AssignmentTarget, groups: ReadonlySet<string> | undefined): boolean {
  switch (target['@odata.type']) {
    case '#microsoft.graph.allLicensedUsersAssignmentTarget':
    case '#microsoft.graph.allDevicesAssignmentTarget':
      return true;
    case '#microsoft.graph.groupAssignmentTarget':
      return groups?.has(foldGuid(target.groupId)) ?? true;
    default:
      return false;
  }
}

function excludes(target: AssignmentTarget, groups: ReadonlySet<string> | undefined): boolean {
  return (
    target['@odata.type'] === '#microsoft.graph.exclusionGroupAssignmentTarget' &&
    groups?.has(foldGuid(target.groupId)) === true
  );
}

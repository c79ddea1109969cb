import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

export type GroupFacts = Pick<ManagedDeviceProperties, 'groupIds' | 'partlyKnownGroups'>;

/**
 * Whether a device, or its user, is a member of the group. `unknown` if the directory did not tell: an inclusion then
 * counts, and an exclusion does not.
 */
export function groupMembership(
  groupId: string,
  { groupIds, partlyKnownGroups }: GroupFacts,
): 'yes' | 'no' | 'unknown' {
  if ((groupIds ?? partlyKnownGroups?.memberOf)?.includes(groupId)) return 'yes';
  if (groupIds !== undefined) return 'no';
  return partlyKnownGroups === undefined || partlyKnownGroups.unknown.includes(groupId)
    ? 'unknown'
    : 'no';
}

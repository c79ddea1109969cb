import { foldGuid } from '../../base/guid.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

export type GroupFacts = Pick<ManagedDeviceProperties, 'groupIds' | 'partlyKnownGroups'>;

/**
 * Whether a device, or its user, is a member of the group. `unknown` if the directory did not tell: an inclusion then
 * counts, and an exclusion does not. Group ids are GUIDs, so stored policies and enrolments may have them in any spelling.
 */
export function groupMembership(
  groupId: string,
  { groupIds, partlyKnownGroups }: GroupFacts,
): 'yes' | 'no' | 'unknown' {
  const group = foldGuid(groupId);
  if (fold(groupIds ?? partlyKnownGroups?.memberOf).has(group)) return 'yes';
  if (groupIds !== undefined) return 'no';
  return partlyKnownGroups === undefined || fold(partlyKnownGroups.unknown).has(group)
    ? 'unknown'
    : 'no';
}

/** A policy asks for each of its groups, so each list is folded once. The cache changes no result. */
const foldedLists = new WeakMap<readonly string[], ReadonlySet<string>>();
const NONE: ReadonlySet<string> = new Set();

function fold(groupIds: readonly string[] | undefined): ReadonlySet<string> {
  if (groupIds === undefined) return NONE;
  const known = foldedLists.get(groupIds);
  if (known !== undefined) return known;
  const folded = new Set(groupIds.map(foldGuid));
  foldedLists.set(groupIds, folded);
  return folded;
}

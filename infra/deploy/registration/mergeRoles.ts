import type { AppRole } from './manifest.ts';

/**
 * The states that the roles of an application pass through until all of `wanted` are there: none, one or two. Roles of
 * others stay as they are. Graph changes a role only while it is disabled (`CannotDeleteOrUpdateEnabledEntitlement`,
 * github.com/microsoftgraph/msgraph-sdk-powershell/issues/1211), so a wrong one is disabled first.
 */
export function mergeRoles(
  existing: readonly AppRole[],
  wanted: readonly AppRole[],
): readonly (readonly AppRole[])[] {
  const pairs = existing.map((role) => ({ role, wish: findWish(role, existing, wanted) }));
  const known = new Set(pairs.map(({ wish }) => wish));
  const missing = wanted.filter((wish) => !known.has(wish));
  const merged = [...pairs.map(({ role, wish }) => mend(role, wish)), ...missing];
  const isMended = merged.some((role, index) => role !== existing[index]);
  if (!isMended) return [];
  const blocking = pairs.filter(({ role, wish }) => role.isEnabled && !hasShape(role, wish));
  if (blocking.length === 0) return [merged];
  const disabled = new Set(blocking.map(({ role }) => role));
  return [
    existing.map((role) => (disabled.has(role) ? { ...role, isEnabled: false } : role)),
    merged,
  ];
}

/** The wanted role that this one stands for: the one with its value, else the one with its id. */
function findWish(
  { id, value }: AppRole,
  existing: readonly AppRole[],
  wanted: readonly AppRole[],
): AppRole | undefined {
  const byValue = wanted.find((wish) => wish.value === value);
  if (byValue !== undefined) return byValue;
  const byId = wanted.find((wish) => wish.id === id);
  const isTaken = existing.some((role) => role.value === byId?.value);
  return isTaken ? undefined : byId;
}

function mend(role: AppRole, wish: AppRole | undefined): AppRole {
  if (wish === undefined || (role.isEnabled && hasShape(role, wish))) return role;
  const { value, allowedMemberTypes } = wish;
  const types = new Set([...role.allowedMemberTypes, ...allowedMemberTypes]);
  return { ...role, value, isEnabled: true, allowedMemberTypes: [...types] };
}

/** Whether the role has the wanted value, for people and applications. Its texts may differ. */
function hasShape(role: AppRole, wish: AppRole | undefined): boolean {
  if (wish === undefined) return true;
  const { allowedMemberTypes: types } = role;
  return role.value === wish.value && wish.allowedMemberTypes.every((type) => types.includes(type));
}

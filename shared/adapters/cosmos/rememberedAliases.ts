import { BoundedMap } from '../../base/boundedMap.ts';

const MAX_REMEMBERED = 10_000;
const REMEMBERED_IN_MILLISECONDS = 60_000;

/** The devices of recently used identifiers. */
export interface RememberedAliases {
  get(key: string): readonly string[] | undefined;
  set(key: string, deviceIds: readonly string[]): void;
}

/** Remembers at most 10,000 identifiers, for a minute each, and evicts the oldest. */
export function createRememberedAliases(now: () => Date): RememberedAliases {
  const known = new BoundedMap<
    string,
    { readonly deviceIds: readonly string[]; readonly untilInMilliseconds: number }
  >(MAX_REMEMBERED);
  return {
    get(key) {
      const entry = known.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilInMilliseconds > now().getTime()) return entry.deviceIds;
      known.delete(key);
      return undefined;
    },

    set(key, deviceIds) {
      known.set(key, {
        deviceIds,
        untilInMilliseconds: now().getTime() + REMEMBERED_IN_MILLISECONDS,
      });
    },
  };
}

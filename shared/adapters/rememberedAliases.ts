const MAX_REMEMBERED = 10_000;
const REMEMBERED_IN_MILLISECONDS = 60_000;

/** Where identifiers led a moment ago. */
export interface RememberedAliases {
  get(key: string): string | undefined;
  set(key: string, deviceId: string): void;
}

/** Remembers for a minute, at most 10,000 of them; the oldest goes first. */
export function createRememberedAliases(now: () => Date): RememberedAliases {
  const known = new Map<
    string,
    { readonly deviceId: string; readonly untilInMilliseconds: number }
  >();
  return {
    get(key) {
      const entry = known.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilInMilliseconds > now().getTime()) return entry.deviceId;
      known.delete(key);
      return undefined;
    },

    set(key, deviceId) {
      known.delete(key);
      const oldest = known.keys().next();
      if (known.size >= MAX_REMEMBERED && !oldest.done) known.delete(oldest.value);
      known.set(key, {
        deviceId,
        untilInMilliseconds: now().getTime() + REMEMBERED_IN_MILLISECONDS,
      });
    },
  };
}

import { BoundedMap } from './boundedMap.ts';

const WINDOW_IN_MILLISECONDS = 1000;
/** Beyond this number the oldest window is forgotten, and its item is loaded again. */
const MAX_WINDOWS = 10_000;
/** Only items that were asked for too often keep their value, so the values take little memory. */
const MAX_VALUES = 500;

interface Window {
  readonly endsAtInMilliseconds: number;
  loads: number;
}

/** Loads that are limited for each item. */
export interface LimitedLoads<T> {
  /** Rejects as `load` does. A failure is not kept. */
  readonly load: (id: string) => Promise<T>;
  /** Makes the next `load` of the item a real one, because its value has changed. */
  readonly forget: (id: string) => void;
}

/**
 * Loads each item at most `perSecond` times a second. Further callers share the last of these loads, so a value is at
 * most a second old, and only for an item that is asked for that often.
 */
export function limitLoads<T>(
  load: (id: string) => Promise<T>,
  perSecond: number,
  now: () => Date,
): LimitedLoads<T> {
  const windows = new BoundedMap<string, Window>(MAX_WINDOWS);
  const values = new BoundedMap<string, Promise<T>>(MAX_VALUES);
  const forget = (id: string): void => {
    windows.delete(id);
    values.delete(id);
  };
  const loadLast = (id: string): Promise<T> => {
    const loading = load(id);
    values.set(id, loading);
    loading.catch(() => {
      if (values.get(id) === loading) forget(id);
    });
    return loading;
  };
  return {
    load(id) {
      const at = now().getTime();
      const known = windows.get(id);
      if (known === undefined || at >= known.endsAtInMilliseconds) {
        forget(id);
        windows.set(id, { endsAtInMilliseconds: at + WINDOW_IN_MILLISECONDS, loads: 1 });
        return perSecond > 1 ? load(id) : loadLast(id);
      }
      known.loads += 1;
      if (known.loads < perSecond) return load(id);
      return values.get(id) ?? loadLast(id);
    },
    forget,
  };
}

/** A cached value. */
export interface Remembered<T> {
  /** The value, at most `forInSeconds` old. Failures are not cached: the next call loads again. */
  readonly get: () => Promise<T>;
  /** Makes the next `get` load again. */
  readonly forget: () => void;
}

/** Caches the result of `load` for `forInSeconds`. Concurrent callers share one call of it. */
export function remember<T>(
  load: () => Promise<T>,
  forInSeconds: number,
  now: () => Date,
): Remembered<T> {
  let cached: { readonly loading: Promise<T>; readonly expiresAt: number } | undefined;
  return {
    get() {
      const at = now().getTime();
      if (cached !== undefined && cached.expiresAt > at) return cached.loading;
      const loading = load();
      const entry = { loading, expiresAt: at + forInSeconds * 1000 };
      cached = entry;
      loading.catch(() => {
        if (cached === entry) cached = undefined;
      });
      return loading;
    },
    forget() {
      cached = undefined;
    },
  };
}

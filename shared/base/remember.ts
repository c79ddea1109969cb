/** What was read a moment ago. */
export interface Remembered<T> {
  /** As it was at most so many seconds ago. A failure is not kept: the next caller asks again. */
  readonly get: () => Promise<T>;
  /** The next `get` reads anew. */
  readonly forget: () => void;
}

/** Reads by `load`, and keeps the answer for `forInSeconds`; callers that come at once share one reading. */
export function remember<T>(
  load: () => Promise<T>,
  forInSeconds: number,
  now: () => Date,
): Remembered<T> {
  let kept: { readonly loading: Promise<T>; readonly expiresAt: number } | undefined;
  return {
    get() {
      const at = now().getTime();
      if (kept !== undefined && kept.expiresAt > at) return kept.loading;
      const loading = load();
      const entry = { loading, expiresAt: at + forInSeconds * 1000 };
      kept = entry;
      loading.catch(() => {
        if (kept === entry) kept = undefined;
      });
      return loading;
    },
    forget() {
      kept = undefined;
    },
  };
}

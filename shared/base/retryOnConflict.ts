const FIRST_PAUSE_IN_MILLISECONDS = 5;
const MAX_PAUSE_IN_MILLISECONDS = 200;

/** The functions that a pause needs. */
export interface Pausing {
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

interface ConflictLimit {
  readonly maxTries: number;
  /** The error after the last try. */
  readonly toError: () => Error;
}

/**
 * Runs `work` again while it returns `conflict`, because another writer saved first. `work` must read anew each time.
 * Pauses between the tries, up to 5 ms at first and 200 ms at last, by chance: writers that collided must not collide again.
 * @throws what `work` throws, and the error of `toError` after `maxTries`.
 */
export async function retryOnConflict<T>(
  { pause, random }: Pausing,
  { maxTries, toError }: ConflictLimit,
  work: () => Promise<T | 'conflict'>,
): Promise<T> {
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const result = await work();
    if (result !== 'conflict') return result;
    const longest = Math.min(MAX_PAUSE_IN_MILLISECONDS, FIRST_PAUSE_IN_MILLISECONDS * 2 ** attempt);
    await pause(longest * random());
  }
  throw toError();
}

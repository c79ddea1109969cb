import { setTimeout as pause } from 'node:timers/promises';

const MIN_PAUSE_IN_MILLISECONDS = 10;

/**
 * Asks until `isDone`; the test's timeout is the limit. Pauses as long as the answer took, so that polling leaves the
 * processor to the system under test.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isDone: (value: T) => boolean,
): Promise<T> {
  for (;;) {
    const asked = performance.now();
    const value = await ask();
    if (isDone(value)) return value;
    await pause(Math.max(MIN_PAUSE_IN_MILLISECONDS, performance.now() - asked));
  }
}

import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_IN_MILLISECONDS = 10;

/**
 * Asks until `isDone`, with the test's own timeout as its bound. Pauses as long as the answer took: who asks all the
 * time takes from the asked the processor that it needs to get there.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isDone: (value: T) => boolean,
): Promise<T> {
  for (;;) {
    const asked = performance.now();
    const value = await ask();
    if (isDone(value)) return value;
    await pause(Math.max(LOOK_EVERY_IN_MILLISECONDS, performance.now() - asked));
  }
}

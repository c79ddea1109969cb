import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_IN_MILLISECONDS = 20;
/** What has not come by then never will. */
const PATIENCE_IN_MILLISECONDS = 180_000;

/** Looks again until it is so; a question that fails is asked again. @throws Error naming `what` where it never is. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  let failure: unknown;
  for (;;) {
    try {
      if (await isSo()) return;
    } catch (error) {
      failure = error;
    }
    if (performance.now() - began > PATIENCE_IN_MILLISECONDS)
      throw new Error(`${what}: not within ${String(PATIENCE_IN_MILLISECONDS / 1000)} s`, {
        cause: failure,
      });
    await pause(LOOK_EVERY_IN_MILLISECONDS);
  }
}

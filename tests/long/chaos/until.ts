import { setTimeout as pause } from 'node:timers/promises';

const POLL_EVERY_IN_MILLISECONDS = 20;
/** A condition that does not hold after this time never will. */
const PATIENCE_IN_MILLISECONDS = 180_000;

/** Polls until the condition holds; errors are retried. @throws Error naming `what` after three minutes. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  let failure: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      failure = error;
    }
    if (performance.now() - began > PATIENCE_IN_MILLISECONDS)
      throw new Error(`${what}: not within ${String(PATIENCE_IN_MILLISECONDS / 1000)} s`, {
        cause: failure,
      });
    await pause(POLL_EVERY_IN_MILLISECONDS);
  }
}

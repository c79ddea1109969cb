import { setTimeout as pause } from 'node:timers/promises';

const POLL_INTERVAL_IN_MILLISECONDS = 100;
const TIMEOUT_IN_MILLISECONDS = 30_000;

/** Waits until the system uses the written secrets. @throws Error after half a minute. */
export async function untilApplied(store: { isApplied(): Promise<boolean> }): Promise<void> {
  const endsAt = Date.now() + TIMEOUT_IN_MILLISECONDS;
  while (!(await store.isApplied())) {
    if (Date.now() > endsAt)
      throw new Error('the secrets are written, but the system does not use them yet');
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
}

const FIRST_PAUSE_IN_MILLISECONDS = 5;
const MAX_PAUSE_IN_MILLISECONDS = 200;

/** What waiting takes. */
export interface Pausing {
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * Waits before what somebody else has just written is read again, longer each time and never equally long: those who met
 * do not meet again. `attempt` counts from 0.
 */
export function pauseAfterConflict({ pause, random }: Pausing, attempt: number): Promise<void> {
  const longest = Math.min(MAX_PAUSE_IN_MILLISECONDS, FIRST_PAUSE_IN_MILLISECONDS * 2 ** attempt);
  return pause(longest * random());
}

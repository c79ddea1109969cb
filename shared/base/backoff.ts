/** How the pauses between tries grow: the first, doubled after each failure, up to the last. */
export interface Backoff {
  readonly firstInSeconds: number;
  readonly maxInSeconds: number;
}

/**
 * Seconds to wait after a try that failed; `attempt` counts from 0, and `random` returns a number in [0, 1).
 * Jitter takes up to half of the pause away, so clients that failed together do not come back together.
 */
export function backoffInSeconds(
  { firstInSeconds, maxInSeconds }: Backoff,
  attempt: number,
  random: () => number,
): number {
  const longest = Math.min(maxInSeconds, firstInSeconds * 2 ** attempt);
  return longest * (0.5 + random() / 2);
}

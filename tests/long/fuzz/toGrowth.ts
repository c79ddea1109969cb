/** A shorter run ends before the memory is stable. */
const LEAST_REQUESTS = 100_000;
const MOST_GROWTH = 1.15;

/** A growth of the memory after the warm-up, which is the first half of the run; otherwise `undefined`. */
export function toGrowth(memory: readonly number[], count: number): string | undefined {
  const [fifth = 0, last = 0] = [memory[4], memory[9]];
  if (count < LEAST_REQUESTS || last / fifth <= MOST_GROWTH) return undefined;
  const times = `${(last / fifth).toFixed(2)} times the ${String(fifth)} MiB`;
  return `the memory grows: ${String(last)} MiB after the last tenth are ${times} after the fifth, ${String(MOST_GROWTH)} times at most`;
}

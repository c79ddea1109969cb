/** The nearest-rank percentiles of the measured values. @throws RangeError if there are none. */
export function percentiles(
  measured: readonly number[],
  ...ranks: readonly number[]
): readonly number[] {
  if (measured.length === 0) throw new RangeError('there are no measured values');
  const ordered = measured.toSorted((a, b) => a - b);
  return ranks.map(
    (rank) =>
      ordered[Math.min(ordered.length, Math.max(1, Math.ceil(ordered.length * rank))) - 1] ?? 0,
  );
}

/** The median of the measured values; of an even number, the lower middle one. @throws RangeError if there are none. */
export function median(measured: readonly number[]): number {
  return percentiles(measured, 0.5)[0] ?? 0;
}

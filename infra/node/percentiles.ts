/** The nearest-rank percentiles of what was measured, in its unit. @throws RangeError where nothing was. */
export function percentiles(
  measured: readonly number[],
  ...ranks: readonly number[]
): readonly number[] {
  if (measured.length === 0) throw new RangeError('nothing was measured');
  const ordered = measured.toSorted((a, b) => a - b);
  return ranks.map(
    (rank) =>
      ordered[Math.min(ordered.length, Math.max(1, Math.ceil(ordered.length * rank))) - 1] ?? 0,
  );
}

/** The middle of what was measured, of an even number the lower of the two. @throws RangeError where nothing was. */
export function median(measured: readonly number[]): number {
  return percentiles(measured, 0.5)[0] ?? 0;
}

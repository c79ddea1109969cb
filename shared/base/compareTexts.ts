/** Less than 0 if `a` is before `b` by code units, 0 if both are equal, else more. Moments compare like this too. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

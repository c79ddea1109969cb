/** The first `count` characters of `text`. Splits no surrogate pair. */
export function firstCharacters(text: string, count: number): string {
  // No text has more characters than code units.
  if (text.length <= count) return text;
  return Array.from(text.slice(0, 2 * count))
    .slice(0, count)
    .join('');
}

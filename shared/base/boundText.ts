/** The characters that JSON writes with a backslash, and control characters, which no name needs. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]/g;

/** The size of `text` in UTF-8. */
export function sizeInBytes(text: string): number {
  return Buffer.byteLength(text);
}

/**
 * `text` cut to at most `maxCharacters` characters and `maxBytes` bytes of JSON in UTF-8. Control characters become
 * blanks, and half of a surrogate pair becomes U+FFFD. Splits no character.
 */
export function boundText(
  text: string,
  maxCharacters: number,
  maxBytes = maxCharacters * 4,
): string {
  const clean = text
    .slice(0, maxCharacters * 2)
    .toWellFormed()
    .replace(CONTROLS, ' ');
  if (clean.length <= maxCharacters && clean.length * 3 <= maxBytes && text.length === clean.length)
    return clean;
  let bytes = 0;
  let kept = '';
  let count = 0;
  for (const character of clean) {
    bytes += character === '"' || character === '\\' ? 2 : sizeInBytes(character);
    count += 1;
    if (bytes > maxBytes || count > maxCharacters) break;
    kept += character;
  }
  return kept;
}

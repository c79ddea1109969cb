/**
 * The lines of a text that arrives in pieces. Of a line that is longer than the limit the first part comes, so what can
 * be read of it counts; the rest is dropped.
 */
export async function* splitLines(
  pieces: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let kept = '';
  for await (const piece of pieces) {
    const [first = '', ...others] = decoder.decode(piece, { stream: true }).split('\n');
    kept = (kept + first).slice(0, maxLength);
    for (const line of others) {
      yield kept;
      kept = line.slice(0, maxLength);
    }
  }
  if (kept !== '') yield kept;
}

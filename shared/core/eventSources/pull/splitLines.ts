/**
 * The lines of a text that arrives in pieces. Of a line that is longer than the limit the first part comes, so what can
 * be read of it counts; the rest is dropped. The last line comes also if the pieces end with an error.
 */
export async function* splitLines(
  pieces: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let kept = '';
  let fault: { readonly error: unknown } | undefined;
  const source = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        fault = { error };
        return { done: true, value: undefined } as const;
      });
      if (next.done === true) break;
      const [first = '', ...others] = decoder.decode(next.value, { stream: true }).split('\n');
      // A full text is not copied again for each piece of an endless line.
      if (kept.length < maxLength) kept = (kept + first).slice(0, maxLength);
      for (const line of others) {
        yield kept;
        kept = line.slice(0, maxLength);
      }
    }
    if (kept !== '') yield kept;
  } finally {
    await source.return?.();
  }
  if (fault !== undefined) throw fault.error;
}

/**
 * The pieces of a body. `abort` is called if the next one does not come in time. The time in which nobody asks for a
 * piece does not count: the reader waits to keep its rate.
 */
export async function* untilIdle<T>(
  body: AsyncIterable<T>,
  maxInMilliseconds: number,
  abort: () => void,
): AsyncIterable<T> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(abort, maxInMilliseconds);
      const next = await pieces.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await pieces.return?.();
  }
}

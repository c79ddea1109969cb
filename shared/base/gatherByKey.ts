interface Gathered<V> {
  readonly values: V[];
  readonly done: Promise<void>;
}

/**
 * A function that runs `work` once at a time for each key. Values that arrive during a run share the next one, so many
 * callers at once cost few runs. Each caller gets the result of the run that has its value: it rejects if that run does.
 */
export function gatherByKey<V>(
  work: (key: string, values: readonly V[]) => Promise<void>,
): (key: string, value: V) => Promise<void> {
  const waiting = new Map<string, Gathered<V>>();
  const latest = new Map<string, Promise<void>>();
  const start = (key: string, values: readonly V[]): Promise<void> => {
    waiting.delete(key);
    return work(key, values);
  };
  return (key, value) => {
    const next = waiting.get(key);
    if (next !== undefined) {
      next.values.push(value);
      return next.done;
    }
    const values = [value];
    const before = latest.get(key) ?? Promise.resolve();
    const done = before.catch(() => undefined).then(() => start(key, values));
    waiting.set(key, { values, done });
    latest.set(key, done);
    const forget = (): void => {
      if (latest.get(key) === done) latest.delete(key);
    };
    done.then(forget, forget);
    return done;
  };
}

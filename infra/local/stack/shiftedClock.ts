/**
 * A preload (`node --import`) that sets this process's clock ahead by `LOCAL_CLOCK_OFFSET_IN_SECONDS`, so that what
 * takes days can be seen in seconds. Timers run as ever: only the time of day differs.
 */
const offsetInMilliseconds = Number(process.env['LOCAL_CLOCK_OFFSET_IN_SECONDS'] ?? 0) * 1000;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], newTarget): object =>
    Reflect.construct(
      target,
      given.length === 0 ? [RealDate.now() + offsetInMilliseconds] : given,
      newTarget,
    ) as object,
  get: (target, name, receiver): unknown =>
    name === 'now'
      ? () => RealDate.now() + offsetInMilliseconds
      : Reflect.get(target, name, receiver),
});

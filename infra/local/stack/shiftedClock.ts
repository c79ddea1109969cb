/**
 * A preload (`node --import`) that sets the clock of this process ahead by `LOCAL_CLOCK_OFFSET_IN_SECONDS`, to simulate
 * days in seconds. It changes only the time of day; timers run at normal speed.
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

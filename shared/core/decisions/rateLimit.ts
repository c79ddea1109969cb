import { BoundedMap } from '../../base/boundedMap.ts';
import { ConnectorError } from '../../base/connectorError.ts';

/** How many callers are remembered; the one that was quiet for longest is forgotten first, with a full bucket. */
const MAX_CALLERS = 10_000;
const MAX_COST = 100;

/** How much a caller may ask for. */
export interface RateLimit {
  /**
   * Takes `cost` from what `caller` has left at `now`. What costs more than a caller can have at once takes all of it
   * and leaves a debt, which keeps the caller waiting for as long as many small requests would have.
   * @throws ConnectorError `activityLimitReached`, saying when to come again; nothing is taken then.
   */
  take(caller: string, cost: number, now: Date): void;
}

interface Bucket {
  readonly tokens: number;
  readonly atInMilliseconds: number;
}

/**
 * A token bucket a caller: `perSecond` in the long run, `capacity` at once, by default twice as much. It counts this
 * process alone.
 */
export function createRateLimit(
  perSecond: number,
  capacity = Math.max(perSecond * 2, MAX_COST),
): RateLimit {
  const buckets = new BoundedMap<string, Bucket>(MAX_CALLERS);
  return {
    take(caller, cost, now) {
      const atInMilliseconds = now.getTime();
      const known = buckets.get(caller);
      const passedInSeconds =
        known === undefined ? 0 : Math.max(0, atInMilliseconds - known.atInMilliseconds) / 1000;
      const tokens = Math.min(capacity, (known?.tokens ?? capacity) + passedInSeconds * perSecond);
      const needed = Math.min(cost, capacity);
      if (tokens < needed) {
        throw new ConnectorError(
          'activityLimitReached',
          `more than ${String(perSecond)} decisions a second were asked for`,
          { retryAfterInSeconds: Math.max(1, Math.ceil((needed - tokens) / perSecond)) },
        );
      }
      buckets.set(caller, { tokens: tokens - cost, atInMilliseconds });
    },
  };
}

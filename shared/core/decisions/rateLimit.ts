import { BoundedMap } from '../../base/boundedMap.ts';
import { ConnectorError } from '../../base/connectorError.ts';

/** Beyond this number the least recently seen caller is evicted; its bucket is usually full again. */
const MAX_CALLERS = 10_000;
const MAX_COST = 100;

/** What a page of a list costs its caller, in decisions: as much as the hundred devices that it may hold. */
export const COST_OF_A_PAGE = 100;

/** Limits the rate of each caller. A decision costs 1. */
export interface RateLimit {
  /**
   * Takes `cost` from the caller's budget at `now`. A cost above the capacity empties the budget and leaves a debt, so
   * the caller waits as long as after many small requests.
   * @throws ConnectorError `activityLimitReached`, with the time to wait; then nothing is taken.
   */
  take(caller: string, cost: number, now: Date): void;
}

interface Bucket {
  readonly tokens: number;
  readonly atInMilliseconds: number;
}

/**
 * One token bucket for each caller: `perSecond` in the long run, `capacity` at once, by default twice as much. Counts
 * the requests to this process only.
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
          `the limit of ${String(perSecond)} decisions a second is exceeded`,
          { retryAfterInSeconds: Math.max(1, Math.ceil((needed - tokens) / perSecond)) },
        );
      }
      buckets.set(caller, { tokens: tokens - cost, atInMilliseconds });
    },
  };
}

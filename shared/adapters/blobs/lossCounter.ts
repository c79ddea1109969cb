import type { DateTime } from '../../base/dateTime.ts';
import type { Log } from '../../base/log.ts';

const INTERVAL_IN_MILLISECONDS = 60_000;

/** Counts lost lines. */
export interface LossCounter {
  /**
   * Adds `lost` lines at `now`. Warns of the first loss at once, then at most once a minute, with the number since the
   * warning before. Call it for every write, lost or not, so that the last losses are reported too.
   */
  count(lost: number, now: DateTime | undefined, log: Pick<Log, 'warn'>): void;
}

export function createLossCounter(): LossCounter {
  let unreported = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    count(lost, now, log) {
      unreported += lost;
      const at = Date.parse(now ?? '');
      if (unreported === 0 || !(at >= reportedAt + INTERVAL_IN_MILLISECONDS)) return;
      log.warn(
        `the decision log lost ${String(unreported)} lines, because the storage does not take them in time`,
      );
      unreported = 0;
      reportedAt = at;
    },
  };
}

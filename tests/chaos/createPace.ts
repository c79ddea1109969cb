import { until } from './until.ts';
import type { Workload } from './workload.ts';

/** So many batches are under way beyond what the next kill waits for: a process that comes back finds work. */
const BATCHES_AHEAD = 8;

/** Spreads the kills over the sending: neither runs away from the other. */
export interface Pace {
  readonly acknowledged: () => number;
  /** Resolves when one more batch may be sent. */
  turn(): Promise<void>;
  onAcknowledged(events: number): void;
  /** Resolves when enough is acknowledged for the next kill. */
  due(): Promise<void>;
  onKilled(): void;
  /** Whether nothing is under way, and nothing will be before the next kill. */
  isQuiet(): boolean;
}

export function createPace({ batches, events }: Workload, kills: number): Pace {
  const [batchesAKill, eventsAKill] = [batches, events].map(
    ({ length }) => length / (kills + 1),
  ) as [number, number];
  let begun = 0;
  let ended = 0;
  let acknowledged = 0;
  let killed = 0;
  const hasTurn = (): boolean =>
    killed >= kills || begun < (killed + 1) * batchesAKill + BATCHES_AHEAD;
  return {
    acknowledged: () => acknowledged,
    async turn() {
      await until('the next batch may be sent', hasTurn);
      begun += 1;
    },
    onAcknowledged(count) {
      ended += 1;
      acknowledged += count;
    },
    due: () => until('enough is acknowledged', () => acknowledged >= killed * eventsAKill),
    onKilled() {
      killed += 1;
    },
    isQuiet: () => begun === ended && (!hasTurn() || begun === batches.length),
  };
}

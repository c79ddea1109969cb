import { until } from './until.ts';

/** So many events are under way beyond what the next kill waits for: a process that comes back finds work. */
const EVENTS_AHEAD = 400;

/** Spreads the kills over the sending: neither runs away from the other. */
export interface Pace {
  readonly acknowledged: () => number;
  /** Resolves when so many more events may be sent. */
  turn(events: number): Promise<void>;
  onAcknowledged(events: number): void;
  /** Resolves when enough is acknowledged for the next kill. */
  due(): Promise<void>;
  onKilled(): void;
  /** Whether nothing is under way, and nothing will be before the next kill. */
  isQuiet(): boolean;
}

export function createPace(events: number, kills: number): Pace {
  const eventsAKill = events / (kills + 1);
  let begun = 0;
  let acknowledged = 0;
  let killed = 0;
  const hasTurn = (): boolean =>
    killed >= kills || begun < (killed + 1) * eventsAKill + EVENTS_AHEAD;
  return {
    acknowledged: () => acknowledged,
    async turn(count) {
      await until('the next batch may be sent', hasTurn);
      begun += count;
    },
    onAcknowledged(count) {
      acknowledged += count;
    },
    due: () => until('enough is acknowledged', () => acknowledged >= killed * eventsAKill),
    onKilled() {
      killed += 1;
    },
    isQuiet: () => begun === acknowledged && (!hasTurn() || begun === events),
  };
}

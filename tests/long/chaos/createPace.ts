import { until } from './until.ts';

/** So many events more than the next kill waits for may be in progress, so a restarted process finds work. */
const EVENTS_AHEAD = 400;

/** Spreads the kills evenly over the events. */
export interface Pace {
  readonly acknowledged: () => number;
  /** Resolves when this number of further events may be sent. */
  turn(events: number): Promise<void>;
  onAcknowledged(events: number): void;
  /** Resolves when enough events are acknowledged for the next kill. */
  due(): Promise<void>;
  onKilled(): void;
  /** Whether no event is in progress, and none will be before the next kill. */
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

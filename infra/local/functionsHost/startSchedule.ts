import { Cron } from 'croner';
import type { Clock } from './clock.ts';
import { fromTimeSpan } from './hostOptions.ts';

/** The longest delay of Node's timers. */
const MAX_DELAY_IN_MILLISECONDS = 2 ** 31 - 1;

/** A running schedule. */
export interface Schedule {
  /** The next time after now; `null` if there is none. */
  next(): Date | null;
  stop(): void;
}

/**
 * Calls `onTime` at each time of a timer trigger's schedule: NCRONTAB with seconds, or a time span `hh:mm:ss`. If a
 * call is late, it skips the times in between.
 * @throws TypeError if the schedule is invalid.
 */
export function startSchedule(schedule: string, clock: Clock, onTime: () => void): Schedule {
  const nextAfter = toNextAfter(schedule);
  let cancel: (() => void) | undefined;
  const wait = (due: Date | null): void => {
    if (due === null) return;
    const delay = Math.max(0, due.getTime() - clock.now());
    cancel = clock.after(Math.min(delay, MAX_DELAY_IN_MILLISECONDS), () => {
      // Timers may fire early, and a long delay takes several timers.
      if (clock.now() < due.getTime()) {
        wait(due);
        return;
      }
      wait(nextAfter(new Date(clock.now())));
      onTime();
    });
  };
  const next = (): Date | null => nextAfter(new Date(clock.now()));
  wait(next());
  return { next, stop: () => cancel?.() };
}

function toNextAfter(schedule: string): (time: Date) => Date | null {
  if (schedule.includes(':')) {
    const interval = fromTimeSpan(schedule);
    return (time) => new Date(time.getTime() + interval);
  }
  // Azure combines `day of month` and `day of week` with AND, cron with OR.
  const cron = new Cron(schedule, { timezone: 'UTC', domAndDow: true, mode: '5-or-6-parts' });
  return (time) => cron.nextRun(time);
}

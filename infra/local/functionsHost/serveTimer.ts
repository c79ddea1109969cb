import { setTimeout as pause } from 'node:timers/promises';
import { Cron } from 'croner';
import type { RegisteredFunction, RetryOptions } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';
import { fromTimeSpan, resolveSettings } from './hostOptions.ts';
import { triggerOf, type Invoke } from './invoke.ts';
import type { SingletonLease } from './singletonLease.ts';

/** A timer that runs its function, and how it is run by hand and stopped. */
export interface RunningTimer {
  /** Runs the function now, whatever its schedule. */
  runNow(): Promise<void>;
  /** No run begins any more; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a function by its schedule: NCRONTAB with seconds, or a time span. Of all hosts that share the storage one
 * runs it, and a run never overlaps the next.
 */
export function serveTimer(
  registered: RegisteredFunction,
  invoke: Invoke,
  lease: SingletonLease,
  log: HostLog,
): RunningTimer {
  const [, trigger] = triggerOf(registered);
  const schedule = resolveSettings(String(trigger['schedule']), process.env);
  let running: Promise<void> | undefined;
  let last = new Date(0).toISOString();

  const run = (next: Date | null): Promise<void> => {
    const started = new Date().toISOString();
    const timer = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: last, Next: next?.toISOString() ?? started, LastUpdated: started },
      IsPastDue: false,
    };
    last = started;
    return runWithRetry(
      () => invoke(registered, { data: { json: JSON.stringify(timer) } }),
      registered.metadata.retryOptions,
    ).catch((error: unknown) =>
      log('error', `timer \`${registered.metadata.name}\` failed: ${String(error)}`),
    );
  };

  const fire = (next: Date | null): Promise<void> => {
    if (running !== undefined) return running;
    running = run(next).finally(() => {
      running = undefined;
    });
    return running;
  };

  const clock = startClock(schedule, (next) => (lease.isHeld() ? fire(next) : Promise.resolve()));
  if (trigger['runOnStartup'] === true) void fire(clock.next());
  return {
    runNow: () => fire(clock.next()),
    async stop() {
      clock.stop();
      await running;
    },
  };
}

interface Clock {
  next(): Date | null;
  stop(): void;
}

function startClock(schedule: string, tick: (next: Date | null) => Promise<void>): Clock {
  if (schedule.includes(':')) {
    const interval = fromTimeSpan(schedule);
    const timer = setInterval(() => void tick(new Date(Date.now() + interval)), interval);
    return { next: () => new Date(Date.now() + interval), stop: () => clearInterval(timer) };
  }
  // Azure reads `day of month` and `day of week` together as «and», cron as «or».
  const cron = new Cron(
    schedule,
    { timezone: 'UTC', domAndDow: true, mode: '5-or-6-parts' },
    (self: Cron) => {
      void tick(self.nextRun());
    },
  );
  return { next: () => cron.nextRun(), stop: () => cron.stop() };
}

/** The runtime's retry policies (`fixedDelay`, `exponentialBackoff`). @throws what the last attempt throws. */
async function runWithRetry(
  work: () => Promise<unknown>,
  retry: RetryOptions | undefined,
): Promise<void> {
  const maxRetries = retry?.maxRetryCount ?? 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      // -1 means for ever.
      if (maxRetries !== -1 && attempt >= maxRetries) throw error;
      await pause(delayBefore(attempt, retry));
    }
  }
}

function delayBefore(attempt: number, retry: RetryOptions | undefined): number {
  if (retry?.retryStrategy !== 'exponentialBackoff') return toMilliseconds(retry?.delayInterval);
  const longest = toMilliseconds(retry.maximumInterval) || Infinity;
  return Math.min(longest, toMilliseconds(retry.minimumInterval) * 2 ** attempt);
}

function toMilliseconds(duration: RetryOptions['delayInterval']): number {
  return Number(duration?.seconds ?? 0) * 1000;
}

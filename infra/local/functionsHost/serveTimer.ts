import type { Clock } from './clock.ts';
import type { RegisteredFunction, RetryOptions } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';
import { resolveSettings } from './hostOptions.ts';
import { triggerOf, type Invoke } from './invoke.ts';
import type { SingletonLease } from './singletonLease.ts';
import { startSchedule, type Schedule } from './startSchedule.ts';

/** A timer that runs its function. */
export interface RunningTimer {
  /** Runs the function now, regardless of its schedule. */
  runNow(): Promise<void>;
  /** Prevents further runs; resolves when the current run has ended. */
  stop(): Promise<void>;
}

export interface TimerOptions {
  readonly registered: RegisteredFunction;
  readonly invoke: Invoke;
  readonly lease: Pick<SingletonLease, 'isHeld'>;
  readonly log: HostLog;
  readonly clock: Clock;
}

/**
 * Starts a function by its schedule: NCRONTAB with seconds, or a time span. Only one of the hosts that share the
 * storage runs it, and runs never overlap.
 */
export function serveTimer(options: TimerOptions): RunningTimer {
  return new Timer(options);
}

class Timer implements RunningTimer {
  private readonly options: TimerOptions;
  private readonly schedule: Schedule;
  private running: Promise<void> | undefined;
  /** The start of the last run. */
  private last = new Date(0).toISOString();

  constructor(options: TimerOptions) {
    this.options = options;
    const [, trigger] = triggerOf(options.registered);
    const schedule = resolveSettings(String(trigger['schedule']), process.env);
    this.schedule = startSchedule(schedule, options.clock, () => {
      if (options.lease.isHeld()) void this.runNow();
    });
    if (trigger['runOnStartup'] === true) void this.runNow();
  }

  runNow(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  async stop(): Promise<void> {
    this.schedule.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const { registered, invoke, log, clock } = this.options;
    const started = new Date(clock.now()).toISOString();
    const next = this.schedule.next()?.toISOString() ?? started;
    const timer = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: this.last, Next: next, LastUpdated: started },
      IsPastDue: false,
    };
    this.last = started;
    const input = { data: { json: JSON.stringify(timer) } };
    const { name, retryOptions } = registered.metadata;
    try {
      await runWithRetry(() => invoke(registered, input), retryOptions, clock);
    } catch (error) {
      log('error', `timer \`${name}\` failed: ${String(error)}`);
    }
  }
}

/** Applies the retry policies `fixedDelay` and `exponentialBackoff`. @throws the error of the last attempt. */
async function runWithRetry(
  work: () => Promise<unknown>,
  retry: RetryOptions | undefined,
  clock: Clock,
): Promise<void> {
  const maxRetries = retry?.maxRetryCount ?? 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      // -1 means unlimited.
      if (maxRetries !== -1 && attempt >= maxRetries) throw error;
      const delay = delayAfter(attempt, retry);
      await new Promise<void>((resolve) => void clock.after(delay, resolve));
    }
  }
}

function delayAfter(attempt: number, retry: RetryOptions | undefined): number {
  if (retry?.retryStrategy !== 'exponentialBackoff') return toMilliseconds(retry?.delayInterval);
  const longest = toMilliseconds(retry.maximumInterval) || Infinity;
  return Math.min(longest, toMilliseconds(retry.minimumInterval) * 2 ** attempt);
}

function toMilliseconds(duration: RetryOptions['delayInterval']): number {
  return Number(duration?.seconds ?? 0) * 1000;
}

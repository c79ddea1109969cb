import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../../infra/local/functionsHost/clock.ts';
import type { RetryOptions } from '../../../../../infra/local/functionsHost/coreApi.ts';
import {
  serveTimer,
  type RunningTimer,
} from '../../../../../infra/local/functionsHost/serveTimer.ts';
import { defined } from '../../../../../shared/base/defined.ts';

const START = Date.parse('2026-03-01T00:00:00.500Z');

/** A clock that stands still until a test advances it. */
class ManualClock implements Clock {
  private time = START;
  private waiting: { readonly at: number; readonly work: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, work: () => void): () => void {
    const entry = { at: this.time + milliseconds, work };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((each) => each !== entry);
    };
  }

  /** Runs everything that becomes due, in order, each at its time. */
  async advance(seconds: number): Promise<void> {
    const end = this.time + seconds * 1000;
    for (;;) {
      const [next] = this.waiting.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.waiting = this.waiting.filter((each) => each !== next);
      this.time = next.at;
      next.work();
      await settled();
    }
    this.time = end;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

interface Setting {
  readonly clock: ManualClock;
  readonly timer: RunningTimer;
  /** The start of each run, in seconds after the start of the test. */
  readonly runs: number[];
  readonly seen: { readonly ScheduleStatus: Record<string, string> }[];
  readonly logged: string[];
  isHeld: boolean;
  /** Replaced by tests; the default succeeds at once. */
  work: () => Promise<void>;
}

function start(schedule: string, options: { readonly retry?: RetryOptions } = {}): Setting {
  const clock = new ManualClock();
  const setting = {
    clock,
    runs: [] as number[],
    seen: [] as Setting['seen'],
    logged: [] as string[],
    isHeld: true,
    work: () => Promise.resolve(),
  };
  const timer = serveTimer({
    registered: {
      metadata: {
        name: 'sweep',
        bindings: { timer: { type: 'timerTrigger', schedule } },
        ...defined({ retryOptions: options.retry }),
      },
      callback: () => undefined,
    },
    invoke(_, { data }) {
      setting.runs.push((clock.now() - START) / 1000);
      setting.seen.push(
        JSON.parse((data as { readonly json: string }).json) as Setting['seen'][number],
      );
      return setting.work();
    },
    lease: { isHeld: () => setting.isHeld },
    log: (level, message) => void setting.logged.push(`${level} ${message}`),
    clock,
  });
  return Object.assign(setting, { timer });
}

describe('a timer of the local Functions host', () => {
  it.each([
    ['*/2 * * * * *', 6, [1.5, 3.5, 5.5]],
    ['0 */5 * * * *', 900, [299.5, 599.5, 899.5]],
    ['*/5 * * * *', 600, [299.5, 599.5]],
    ['00:00:10', 30, [10, 20, 30]],
    // Sunday, 1 March: both the day of the month and the day of the week must match.
    ['0 0 12 1 * 0', 86_400, [43_199.5]],
    ['0 0 12 1 * 1', 86_400, []],
    // Longer than Node's timers can wait.
    ['0 0 0 1 5 *', 70 * 86_400, [61 * 86_400 - 0.5]],
  ])('runs at the times of `%s`', async (schedule, seconds, runs) => {
    const setting = start(schedule);
    await setting.clock.advance(seconds);
    expect(setting.runs).toEqual(runs);
  });

  it('passes the function the last and the next time', async () => {
    const { clock, seen } = start('* * * * * *');
    await clock.advance(2);
    expect(seen.map(({ ScheduleStatus }) => ScheduleStatus)).toEqual([
      {
        Last: '1970-01-01T00:00:00.000Z',
        Next: '2026-03-01T00:00:02.000Z',
        LastUpdated: '2026-03-01T00:00:01.000Z',
      },
      {
        Last: '2026-03-01T00:00:01.000Z',
        Next: '2026-03-01T00:00:03.000Z',
        LastUpdated: '2026-03-01T00:00:02.000Z',
      },
    ]);
  });

  it('skips the times that pass during a run', async () => {
    const setting = start('* * * * * *');
    const run = Promise.withResolvers<void>();
    setting.work = () => run.promise;
    await setting.clock.advance(3);
    expect(setting.runs).toEqual([0.5]);
    run.resolve();
    await settled();
    await setting.clock.advance(1);
    expect(setting.runs).toEqual([0.5, 3.5]);
  });

  it('runs only while its host holds the lease, or on request', async () => {
    const setting = start('* * * * * *');
    setting.isHeld = false;
    await setting.clock.advance(5);
    expect(setting.runs).toEqual([]);
    await setting.timer.runNow();
    expect(setting.runs).toEqual([5]);
    setting.isHeld = true;
    await setting.clock.advance(1);
    expect(setting.runs).toEqual([5, 5.5]);
  });

  it.each([
    [{ retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 3 } }, [0, 3, 6]],
    [
      {
        retryStrategy: 'exponentialBackoff',
        maxRetryCount: 4,
        minimumInterval: { seconds: 1 },
        maximumInterval: { seconds: 3 },
      },
      [0, 1, 3, 6, 9],
    ],
  ] as const)('retries a failed run by the policy %j, then logs the error', async (retry, runs) => {
    const setting = start('0 0 0 1 1 *', { retry });
    setting.work = () => Promise.reject(new Error('broken'));
    const running = setting.timer.runNow();
    await settled();
    await setting.clock.advance(60);
    await running;
    expect(setting.runs).toEqual(runs);
    expect(setting.logged).toEqual(['error timer `sweep` failed: Error: broken']);
  });

  it('stops after the current run', async () => {
    const setting = start('* * * * * *');
    const run = Promise.withResolvers<void>();
    setting.work = () => run.promise;
    await setting.clock.advance(1);
    let isStopped = false;
    const stopping = setting.timer.stop().then(() => {
      isStopped = true;
    });
    await settled();
    expect(isStopped).toBe(false);
    run.resolve();
    await stopping;
    await setting.clock.advance(5);
    expect(setting.runs).toEqual([0.5]);
  });
});

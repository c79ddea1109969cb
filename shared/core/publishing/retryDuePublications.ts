import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { publishDevice, type PublishDependencies } from './publishDevice.ts';
import type { Target } from '../ports/target.ts';

const CONCURRENCY = 100;
/** What fails is due again after a second at the earliest. */
const LOOK_AGAIN_AFTER_IN_MILLISECONDS = 250;
/** As long as a worker may still take the target for paused, and hold something more for it. */
const RESUMPTION_IN_SECONDS = 5 * 60;

export interface RetryDependencies extends PublishDependencies {
  /** How long one run may take before it leaves the rest to the next. */
  readonly runInMilliseconds: number;
}

/** What one run did. */
export interface RetryOutcome {
  readonly visited: number;
  readonly failed: number;
}

/**
 * Tells the targets what they are behind with and is due, and what was held for those that have just been resumed.
 * Costs what is due. Goes on while anything is, so that a device whose target is slow holds up no other; one that
 * cannot be told of is left to the next run.
 */
export async function retryDuePublications(dependencies: RetryDependencies): Promise<RetryOutcome> {
  const { now, pause, runInMilliseconds } = dependencies;
  const began = now();
  const run = createRun(dependencies);
  await run.visitAll(heldPages(dependencies, began.toISOString()));
  do {
    await run.visitAll(dependencies.publications.findDuePublications(now().toISOString()));
    if (run.underWay() === 0) break;
    await Promise.race([run.oneDone(), pause(LOOK_AGAIN_AFTER_IN_MILLISECONDS)]);
  } while (now().getTime() - began.getTime() < runInMilliseconds);
  await run.allDone();
  return run.outcome;
}

interface Run {
  readonly outcome: RetryOutcome;
  /** Begins with every device of the pages that is not under way. */
  visitAll(pages: AsyncIterable<readonly string[]>): Promise<void>;
  underWay(): number;
  oneDone(): Promise<unknown>;
  allDone(): Promise<unknown>;
}

function createRun(dependencies: RetryDependencies): Run {
  const outcome = { visited: 0, failed: 0 };
  const underWay = new Map<string, Promise<void>>();
  /** Left to the next run. */
  const failed = new Set<string>();
  const visit = async (deviceId: string): Promise<void> => {
    outcome.visited += 1;
    try {
      await publishDevice(dependencies, deviceId, []);
    } catch (error) {
      outcome.failed += 1;
      failed.add(deviceId);
      dependencies.log.error(`device \`${deviceId}\` could not be told of: ${String(error)}`);
    } finally {
      underWay.delete(deviceId);
    }
  };
  return {
    outcome,
    async visitAll(pages) {
      for await (const page of pages) {
        for (const deviceId of page) {
          if (underWay.has(deviceId) || failed.has(deviceId)) continue;
          if (underWay.size >= CONCURRENCY) await Promise.race(underWay.values());
          underWay.set(deviceId, visit(deviceId));
        }
      }
    },
    underWay: () => underWay.size,
    oneDone: () => Promise.race(underWay.values()),
    allDone: () => Promise.all(underWay.values()),
  };
}

async function* heldPages(
  { publications, listTargets }: RetryDependencies,
  now: DateTime,
): AsyncIterable<readonly string[]> {
  const targets = await listTargets();
  if (targets.some((target) => isJustResumed(target, now)))
    yield* publications.findWaitingPublications(now);
}

function isJustResumed({ isPaused, resumedDateTime }: Target, now: DateTime): boolean {
  return (
    !isPaused &&
    resumedDateTime !== undefined &&
    now < addSeconds(resumedDateTime, RESUMPTION_IN_SECONDS)
  );
}

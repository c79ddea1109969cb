import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { publishDevice, type PublishDependencies } from './publishDevice.ts';
import type { Target } from '../ports/target.ts';

const CONCURRENCY = 100;
/** Short: a failed delivery is due again after a second at the earliest. */
const POLL_INTERVAL_IN_MILLISECONDS = 250;
/** How long a worker may still treat the target as paused, and keep announcements for it. */
const RESUMPTION_IN_SECONDS = 5 * 60;

export interface RetryPublicationsDependencies extends PublishDependencies {
  /** After this time a run leaves the rest to the next run. */
  readonly runInMilliseconds: number;
}

/** The result of one run. */
export interface RetryOutcome {
  readonly visited: number;
  readonly failed: number;
}

/**
 * Delivers the due announcements of targets that are behind, and those kept for targets that were just resumed. Cost
 * grows with due devices only. Continues while anything is due, so a slow target delays only its own device. A device
 * that fails is left to the next run.
 */
export async function retryDuePublications(
  dependencies: RetryPublicationsDependencies,
): Promise<RetryOutcome> {
  const { now, pause, runInMilliseconds } = dependencies;
  const began = now();
  const run = createRun(dependencies);
  await run.visitAll(pagesOfResumed(dependencies, began.toISOString()));
  do {
    await run.visitAll(dependencies.publications.findDuePublications(now().toISOString()));
    if (run.pendingCount() === 0) break;
    await Promise.race([run.nextDone(), pause(POLL_INTERVAL_IN_MILLISECONDS)]);
  } while (now().getTime() - began.getTime() < runInMilliseconds);
  await run.allDone();
  return run.outcome;
}

interface Run {
  readonly outcome: RetryOutcome;
  /** Starts every device of the pages that is not started yet. */
  visitAll(pages: AsyncIterable<readonly string[]>): Promise<void>;
  pendingCount(): number;
  nextDone(): Promise<unknown>;
  allDone(): Promise<unknown>;
}

function createRun(dependencies: RetryPublicationsDependencies): Run {
  const outcome = { visited: 0, failed: 0 };
  const pending = new Map<string, Promise<void>>();
  /** Devices left to the next run. */
  const failed = new Set<string>();
  const visit = async (deviceId: string): Promise<void> => {
    outcome.visited += 1;
    try {
      await publishDevice(dependencies, deviceId, []);
    } catch (error) {
      outcome.failed += 1;
      failed.add(deviceId);
      dependencies.log.error(`device \`${deviceId}\` could not be published: ${String(error)}`);
    } finally {
      pending.delete(deviceId);
    }
  };
  return {
    outcome,
    async visitAll(pages) {
      for await (const page of pages) {
        for (const deviceId of page) {
          if (pending.has(deviceId) || failed.has(deviceId)) continue;
          if (pending.size >= CONCURRENCY) await Promise.race(pending.values());
          pending.set(deviceId, visit(deviceId));
        }
      }
    },
    pendingCount: () => pending.size,
    nextDone: () => Promise.race(pending.values()),
    allDone: () => Promise.all(pending.values()),
  };
}

async function* pagesOfResumed(
  { publications, listTargets }: RetryPublicationsDependencies,
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

import type { DateTime } from '../domain/dateTime.ts';
import { addSeconds } from '../domain/dateTime.ts';
import type { Log } from '../log.ts';
import { mapConcurrently } from '../mapConcurrently.ts';
import { publishDevice, type PublishDependencies } from './publishDevice.ts';
import type { Target } from './target.ts';

const CONCURRENCY = 50;
/** As long as a worker may still take the target for paused, and hold something more for it. */
const RESUMPTION_IN_SECONDS = 5 * 60;

export interface RetryDependencies extends PublishDependencies {
  readonly log: Log;
}

/** What one run did. */
export interface RetryOutcome {
  readonly visited: number;
  readonly failed: number;
}

/**
 * Tells the targets what they are behind with and is due, and what was held for those that have just been resumed. Costs
 * what is due. A device that cannot be told of is left to the next run.
 */
export async function retryDue(dependencies: RetryDependencies): Promise<RetryOutcome> {
  const now = dependencies.now().toISOString();
  const outcome = { visited: 0, failed: 0 };
  for await (const page of pagesToVisit(dependencies, now)) {
    await mapConcurrently(page, CONCURRENCY, async (deviceId) => {
      outcome.visited += 1;
      try {
        await publishDevice(dependencies, deviceId, []);
      } catch (error) {
        outcome.failed += 1;
        dependencies.log.error(`device \`${deviceId}\` could not be told of: ${String(error)}`);
      }
    });
  }
  return outcome;
}

async function* pagesToVisit(
  { publications, listTargets }: RetryDependencies,
  now: DateTime,
): AsyncIterable<readonly string[]> {
  yield* publications.findDuePublications(now);
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

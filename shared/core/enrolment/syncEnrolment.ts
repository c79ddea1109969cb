import { isTransient } from '../../base/connectorError.ts';
import { followDevices } from './followDevices.ts';
import { followGroups } from './followGroups.ts';
import { syncWholeList } from './syncWholeList.ts';
import {
  beginRun,
  RunOverError,
  type SyncCounts,
  type SyncDependencies,
  type SyncLimits,
} from './syncRun.ts';

/** What one run did, and whether it came to the end. */
export type SyncOutcome = Readonly<SyncCounts> & { readonly isComplete: boolean };

/**
 * Enrols the devices that Intune manages, as Graph tells it, and ends the enrolment of those that leave. It goes on
 * where the last run ended; what could not be read now is left to the next, and nobody leaves for it.
 * @throws ConnectorError where waiting does not help: `accessDenied` where a permission is missing.
 */
export async function syncEnrolment(
  dependencies: SyncDependencies,
  limits: SyncLimits,
): Promise<SyncOutcome> {
  const run = await beginRun(dependencies, limits);
  try {
    await followDevices(run);
    await followGroups(run);
    await syncWholeList(run);
    return { ...run.counts, isComplete: true };
  } catch (error) {
    if (!(error instanceof RunOverError) && !isTransient(error)) throw error;
    run.log.warn(`the enrolment from Graph goes on in the next run: ${String(error)}`);
    return { ...run.counts, isComplete: false };
  }
}

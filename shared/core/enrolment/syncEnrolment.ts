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

/** The result of one run, and whether it finished. */
export type SyncOutcome = Readonly<SyncCounts> & { readonly isComplete: boolean };

/**
 * Enrols the devices that Intune manages, through Graph, and ends the enrolment of those that left. Resumes where the
 * last run stopped. Data that cannot be read now is left to the next run; no device is unenrolled because of it.
 * @throws ConnectorError if retrying does not help: `accessDenied` if a permission is missing.
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
    run.log.warn(`the enrolment from Graph continues in the next run: ${String(error)}`);
    return { ...run.counts, isComplete: false };
  }
}

import { addSeconds } from '../../base/dateTime.ts';
import { unenrolDevices } from './enrolDevices.ts';
import type { SyncRun } from './syncRun.ts';

/** This number of devices may always leave. */
const MIN_LEAVERS = 20;
const DAY_IN_SECONDS = 24 * 60 * 60;
/** Retry held or unclear devices after this time. */
const RETRY_IN_SECONDS = 15 * 60;

/**
 * Ends the enrolment of devices that Intune does not have, after a query for each. If more than the set share of all
 * devices would leave within a day, it waits until an operator confirms, because a lost permission or a fault of
 * Intune's looks the same. Returns whether the devices are held.
 */
export async function unenrolConfirmedLeavers(
  run: SyncRun,
  deviceIds: readonly string[],
): Promise<boolean> {
  if (deviceIds.length === 0) return false;
  const { leavers, held, confirmedDateTime } = run.state();
  const now = run.now().toISOString();
  const isNewDay = addSeconds(leavers.sinceDateTime, DAY_IN_SECONDS) <= now;
  const { sinceDateTime, deviceCount } = isNewDay
    ? { sinceDateTime: now, deviceCount: 0 }
    : leavers;
  const managedCount = await run.devices.countManaged();
  const allowed = Math.max(MIN_LEAVERS, (managedCount * run.limits.maxLeaversInPercent) / 100);
  const count = deviceCount + deviceIds.length;
  if (count > allowed && confirmedDateTime === undefined) {
    run.log.error(
      `${String(deviceIds.length)} of ${String(managedCount)} devices would leave at once: none is unenrolled until an operator confirms`,
    );
    await run.save({
      held: { heldDateTime: held?.heldDateTime ?? now, deviceCount: deviceIds.length },
      listDueDateTime: nextCheckDateTime(run),
    });
    return true;
  }
  await unenrolDevices(run, deviceIds);
  await run.save({ leavers: { sinceDateTime, deviceCount: count } });
  return false;
}

/** When the list is checked again after an unclear result: soon, or earlier if it is due earlier. */
export function nextCheckDateTime(run: SyncRun): string {
  const soon = addSeconds(run.now().toISOString(), RETRY_IN_SECONDS);
  const { listDueDateTime } = run.state();
  return listDueDateTime < soon ? listDueDateTime : soon;
}

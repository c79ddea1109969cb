import { addSeconds } from '../../base/dateTime.ts';
import { unenrolDevices } from './enrolDevices.ts';
import type { SyncRun } from './syncRun.ts';

/** Fewer than this may always leave. */
const MIN_LEAVERS = 20;
const DAY_IN_SECONDS = 24 * 60 * 60;
/** What is held, or not clear, is looked at again after this. */
const LOOK_AGAIN_IN_SECONDS = 15 * 60;

/**
 * Ends the enrolment of devices that Intune does not have, of which it was asked by name. Where more than the set share
 * of all devices would have left within a day, nobody is taken out until an operator has confirmed it: a permission
 * that was lost, or a fault of Intune's, looks the same. Returns whether they are held.
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
      `${String(deviceIds.length)} of ${String(managedCount)} devices would leave at once: nobody is unenrolled until it is confirmed`,
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

/** When the list is gone through again because something was not clear; sooner where that was to be. */
export function nextCheckDateTime(run: SyncRun): string {
  const soon = addSeconds(run.now().toISOString(), LOOK_AGAIN_IN_SECONDS);
  const { listDueDateTime } = run.state();
  return listDueDateTime < soon ? listDueDateTime : soon;
}

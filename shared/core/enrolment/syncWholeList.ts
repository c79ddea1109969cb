import { addSeconds } from '../../base/dateTime.ts';
import { unenrolConfirmedLeavers } from './unenrolConfirmedLeavers.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { readPages } from './callGraph.ts';
import { enrolDevices, findEnrolledByGraph, type EnrolOutcome } from './enrolDevices.ts';
import { DEVICE_ID_LIST, DEVICE_LIST, fetchManagedDevices } from './fetchManagedDevices.ts';
import { readManagedDevice, readManagedDevices, type IntuneDevice } from './intuneDevice.ts';
import { readMemberships, withGroups, type Memberships } from './memberships.ts';
import { addPage, NOTHING_TAKEN_IN_PART, type TakenInPart } from './takenInPart.ts';
import type { SyncRun } from './syncRun.ts';

const PAGE_SIZE = 100;
/** The list is synchronised at least this often, because the directory may miss a change. */
const INTERVAL_IN_SECONDS = 24 * 60 * 60;

/**
 * Synchronises Intune's whole device list when it is due. Enrols every device on it, then ends the enrolment of devices
 * that Graph enrolled and that are not on it, after a query for each. Resumes an interrupted run at its page.
 */
export async function syncWholeList(run: SyncRun): Promise<void> {
  const { listDueDateTime, listLink } = run.state();
  if (listLink === undefined && listDueDateTime > run.now().toISOString()) return;
  const began = run.now().toISOString();
  const memberships = await readMemberships(run);
  const takenInPart = await enrolListedDevices(run, memberships);
  const isHeld = await unenrolConfirmedLeavers(run, await findLeavers(run));
  await run.save({
    listedDateTime: began,
    listLink: undefined,
    listing: undefined,
    takenInPart,
    confirmedDateTime: undefined,
    ...(isHeld ? {} : { held: undefined, listDueDateTime: nextDueDateTime(run, began) }),
  });
}

/** A day later, unless the list became due again meanwhile. */
function nextDueDateTime(run: SyncRun, began: string): string {
  const { listDueDateTime } = run.state();
  return listDueDateTime > began ? listDueDateTime : addSeconds(began, INTERVAL_IN_SECONDS);
}

/** Returns what was taken in part. */
async function enrolListedDevices(run: SyncRun, memberships: Memberships): Promise<TakenInPart> {
  const { listLink, listing } = run.state();
  let counts = (listLink === undefined ? undefined : listing) ?? NOTHING_TAKEN_IN_PART;
  for await (const page of readPages(run, listLink ?? DEVICE_LIST)) {
    if (page.isGone) {
      await run.save({ listLink: undefined });
      throw new ConnectorError('serviceNotAvailable', 'the device list must be read again');
    }
    await enrolPage(run, page.value, memberships);
    counts = addPage(counts, page.value);
    // The last page is read again if the run ends before the leavers are found.
    if (page.nextLink !== undefined) await run.save({ listLink: page.nextLink, listing: counts });
  }
  const { partialDeviceCount: partial, unreadableDeviceCount: unreadable } = counts;
  if (partial + unreadable > 0)
    run.log.warn(
      `of the devices in Intune, ${String(partial)} are enrolled without a property that is missing or cannot be read, and ${String(unreadable)} cannot be read at all`,
    );
  return counts;
}

async function enrolPage(
  run: SyncRun,
  values: readonly unknown[],
  memberships: Memberships,
): Promise<void> {
  const enrol = (
    devices: Iterable<IntuneDevice>,
    source: 'latest' | 'listed',
  ): Promise<EnrolOutcome> =>
    enrolDevices(
      run,
      [...devices].map((device) => withListedGroups(device, memberships)),
      source,
    );
  const { unclear } = await enrol(readManagedDevices(values), 'listed');
  const latest = await fetchManagedDevices(
    run,
    unclear.map(({ deviceId }) => deviceId),
  );
  await enrol(latest.devices.values(), 'latest');
}

function withListedGroups(
  device: IntuneDevice,
  { groupsOf, unknownGroupIds }: Memberships,
): IntuneDevice {
  const { deviceId, properties } = device;
  const memberOf = [deviceId, properties.userId || undefined].flatMap((id) =>
    id === undefined ? [] : (groupsOf.get(id) ?? []),
  );
  return withGroups(device, memberOf, unknownGroupIds);
}

/** Devices that Graph enrolled and Intune does not have. */
async function findLeavers(run: SyncRun): Promise<readonly string[]> {
  const listed = new Set<string>();
  for await (const value of readAll(run, DEVICE_ID_LIST)) {
    const device = readManagedDevice(value);
    if (typeof device === 'object') listed.add(device.deviceId);
  }
  const leavers: string[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const ids: readonly string[] = await run.devices.listManagedIds(after, PAGE_SIZE);
    const missing = ids.filter((deviceId) => !listed.has(toDeviceId(deviceId)));
    const enrolled = [...(await findEnrolledByGraph(run, missing))];
    leavers.push(...(await fetchManagedDevices(run, enrolled)).missing);
    after = ids.at(-1);
  }
  return leavers;
}

/** Every element of a collection; none if the collection does not exist. */
async function* readAll(run: SyncRun, url: string): AsyncIterable<unknown> {
  for await (const page of readPages(run, url)) {
    if (page.isGone && page.isMissing) return;
    if (page.isGone) throw new ConnectorError('serviceNotAvailable', 'a list must be read again');
    yield* page.value;
  }
}

import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { foldGuid } from '../../base/guid.ts';
import { addSeconds } from '../../base/dateTime.ts';
import { unenrolConfirmedLeavers } from './unenrolConfirmedLeavers.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { readPages } from './callGraph.ts';
import { enrolDevices, findEnrolledByGraph } from './enrolDevices.ts';
import { DEVICE_ID_LIST, DEVICE_LIST, fetchManagedDevices } from './fetchManagedDevices.ts';
import { fromManagedDevice, latestOfEach, type IntuneDevice } from './intuneDevice.ts';
import type { SyncRun } from './syncRun.ts';

const PAGE_SIZE = 100;
/** The list is synchronised at least this often, because the directory may miss a change. */
const INTERVAL_IN_SECONDS = 24 * 60 * 60;

const Member = Compile(
  Type.Object({
    '@odata.type': Type.String(),
    id: Type.String(),
    deviceId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** Groups by user id, and by `deviceId` for devices. */
type Memberships = ReadonlyMap<string, readonly string[]>;

/**
 * Synchronises Intune's whole device list when it is due. Enrols every device on it, then ends the enrolment of devices
 * that Graph enrolled and that are not on it, after a query for each. Resumes an interrupted run at its page.
 */
export async function syncWholeList(run: SyncRun): Promise<void> {
  const { listDueDateTime, listLink } = run.state();
  if (listLink === undefined && listDueDateTime > run.now().toISOString()) return;
  const began = run.now().toISOString();
  const memberships = await readMemberships(run);
  await enrolListedDevices(run, memberships);
  const isHeld = await unenrolConfirmedLeavers(run, await findLeavers(run));
  await run.save({
    listedDateTime: began,
    listLink: undefined,
    confirmedDateTime: undefined,
    ...(isHeld ? {} : { held: undefined, listDueDateTime: nextDueDateTime(run, began) }),
  });
}

/** A day later, unless the list became due again meanwhile. */
function nextDueDateTime(run: SyncRun, began: string): string {
  const { listDueDateTime } = run.state();
  return listDueDateTime > began ? listDueDateTime : addSeconds(began, INTERVAL_IN_SECONDS);
}

async function enrolListedDevices(run: SyncRun, memberships: Memberships): Promise<void> {
  for await (const page of readPages(run, run.state().listLink ?? DEVICE_LIST)) {
    if (page.isGone) {
      await run.save({ listLink: undefined });
      throw new ConnectorError('serviceNotAvailable', 'the device list must be read again');
    }
    await enrolPage(run, page.value, memberships);
    // The last page is read again if the run ends before the leavers are found.
    if (page.nextLink !== undefined) await run.save({ listLink: page.nextLink });
  }
}

async function enrolPage(
  run: SyncRun,
  values: readonly unknown[],
  memberships: Memberships,
): Promise<void> {
  const devices = latestOfEach(values.flatMap((value) => fromManagedDevice(value) ?? []));
  const unclear = await enrolDevices(
    run,
    devices.map((device) => withGroups(device, memberships)),
    'listed',
  );
  const latest = await fetchManagedDevices(
    run,
    unclear.map(({ deviceId }) => deviceId),
  );
  await enrolDevices(
    run,
    [...latest.devices.values()].map((device) => withGroups(device, memberships)),
    'latest',
  );
}

function withGroups(device: IntuneDevice, memberships: Memberships): IntuneDevice {
  const { deviceId, properties } = device;
  const groupIds = [deviceId, foldGuid(properties.userId ?? '')].flatMap(
    (id) => memberships.get(id) ?? [],
  );
  return { ...device, properties: { ...properties, groupIds: [...new Set(groupIds)].toSorted() } };
}

/** The members of the groups that the configuration names. From now on, nested groups are followed too. */
async function readMemberships(run: SyncRun): Promise<Memberships> {
  const memberships = new Map<string, readonly string[]>();
  const followed = new Set(run.state().namedGroupIds);
  for (const groupId of run.state().namedGroupIds) {
    for await (const value of readAll(run, membersUrl(groupId))) {
      if (!Member.Check(value)) continue;
      const isGroup = value['@odata.type'] === '#microsoft.graph.group';
      if (isGroup) followed.add(foldGuid(value.id));
      const key = foldGuid(value.deviceId ?? value.id);
      if (!isGroup) memberships.set(key, [...(memberships.get(key) ?? []), groupId]);
    }
  }
  await run.save({ followedGroupIds: [...followed].toSorted() });
  return memberships;
}

function membersUrl(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}/transitiveMembers?$top=999&$select=id,deviceId`;
}

/** Devices that Graph enrolled and Intune does not have. */
async function findLeavers(run: SyncRun): Promise<readonly string[]> {
  const listed = new Set<string>();
  for await (const value of readAll(run, DEVICE_ID_LIST)) {
    const device = fromManagedDevice(value);
    if (device !== undefined) listed.add(device.deviceId);
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

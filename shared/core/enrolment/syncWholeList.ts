import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { addSeconds } from '../../base/dateTime.ts';
import { unenrolConfirmedLeavers } from './unenrolConfirmedLeavers.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { readPage } from './callGraph.ts';
import { enrolDevices, findEnrolledByGraph } from './enrolDevices.ts';
import { DEVICE_ID_LIST, DEVICE_LIST, fetchManagedDevices } from './fetchManagedDevices.ts';
import { fromManagedDevice, latestOfEach, type IntuneDevice } from './intuneDevice.ts';
import type { SyncRun } from './syncRun.ts';

const PAGE_SIZE = 100;
/** The list is gone through at least this often: the directory may have forgotten to tell something. */
const INTERVAL_IN_SECONDS = 24 * 60 * 60;

const Member = Compile(
  Type.Object({
    '@odata.type': Type.String(),
    id: Type.String(),
    deviceId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** The groups of a user by their id, of a device by its `deviceId`. */
type Memberships = ReadonlyMap<string, readonly string[]>;

/**
 * Goes through Intune's list of devices where that is due: enrols everybody on it as they are, then ends the enrolment
 * of those whom Graph enrolled and who are not on it, each of whom is asked for by name before. It goes on where it was
 * cut off, page by page.
 */
export async function syncWholeList(run: SyncRun): Promise<void> {
  const { listDueDateTime, listLink } = run.state();
  if (listLink === undefined && listDueDateTime > run.now().toISOString()) return;
  const began = run.now().toISOString();
  const memberships = await readMemberships(run);
  await enrolEverybody(run, memberships);
  const isHeld = await unenrolConfirmedLeavers(run, await findLeavers(run));
  await run.save({
    listedDateTime: began,
    listLink: undefined,
    confirmedDateTime: undefined,
    ...(isHeld ? {} : { held: undefined, listDueDateTime: nextDueDateTime(run, began) }),
  });
}

/** A day later, unless something has come up meanwhile. */
function nextDueDateTime(run: SyncRun, began: string): string {
  const { listDueDateTime } = run.state();
  return listDueDateTime > began ? listDueDateTime : addSeconds(began, INTERVAL_IN_SECONDS);
}

async function enrolEverybody(run: SyncRun, memberships: Memberships): Promise<void> {
  for (let link: string | undefined = run.state().listLink ?? DEVICE_LIST; link !== undefined;) {
    const page = await readPage(run, link);
    if (page.isGone) {
      await run.save({ listLink: undefined });
      throw new ConnectorError('serviceNotAvailable', 'the list of devices has to be read anew');
    }
    const devices = latestOfEach(page.value.flatMap((value) => fromManagedDevice(value) ?? []));
    const withTheirGroups = devices.map((device) => withGroups(device, memberships));
    const unclear = await enrolDevices(run, withTheirGroups, 'listed');
    const latest = await fetchManagedDevices(
      run,
      unclear.map(({ deviceId }) => deviceId),
    );
    await enrolDevices(
      run,
      [...latest.devices.values()].map((device) => withGroups(device, memberships)),
      'latest',
    );
    link = page.nextLink;
    // The last page is read again where the run ends before the leavers are found.
    if (link !== undefined) await run.save({ listLink: link });
  }
}

function withGroups(device: IntuneDevice, memberships: Memberships): IntuneDevice {
  const { deviceId, properties } = device;
  const groupIds = [deviceId, properties.userId ?? ''].flatMap((id) => memberships.get(id) ?? []);
  return { ...device, properties: { ...properties, groupIds: [...new Set(groupIds)].toSorted() } };
}

/** Who is in the groups that the configuration names; the groups within them are followed from now on. */
async function readMemberships(run: SyncRun): Promise<Memberships> {
  const memberships = new Map<string, readonly string[]>();
  const followed = new Set(run.state().namedGroupIds);
  for (const groupId of run.state().namedGroupIds) {
    for await (const value of readAll(run, membersUrl(groupId))) {
      if (!Member.Check(value)) continue;
      const isGroup = value['@odata.type'] === '#microsoft.graph.group';
      if (isGroup) followed.add(value.id);
      const key = value.deviceId ?? value.id;
      if (!isGroup) memberships.set(key, [...(memberships.get(key) ?? []), groupId]);
    }
  }
  await run.save({ followedGroupIds: [...followed].toSorted() });
  return memberships;
}

function membersUrl(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}/transitiveMembers?$top=999&$select=id,deviceId`;
}

/** The devices that Graph enrolled and Intune does not have. */
async function findLeavers(run: SyncRun): Promise<readonly string[]> {
  const listed = new Set<string>();
  for await (const value of readAll(run, DEVICE_ID_LIST)) {
    const device = fromManagedDevice(value);
    if (device !== undefined) listed.add(device.deviceId);
  }
  const leavers: string[] = [];
  for (let after = ''; ;) {
    const ids = await run.devices.listManagedIds(after, PAGE_SIZE);
    const missing = ids.filter((deviceId) => !listed.has(deviceId));
    const enrolled = [...(await findEnrolledByGraph(run, missing))];
    leavers.push(...(await fetchManagedDevices(run, enrolled)).missing);
    const last = ids.at(-1);
    if (last === undefined) return leavers;
    after = last;
  }
}

/** Every element of a collection; none where there is nothing of that name. */
async function* readAll(run: SyncRun, url: string): AsyncIterable<unknown> {
  for (let link: string | undefined = url; link !== undefined;) {
    const page = await readPage(run, link);
    if (page.isGone && page.isMissing) return;
    if (page.isGone) throw new ConnectorError('serviceNotAvailable', 'a list has to be read anew');
    yield* page.value;
    link = page.nextLink;
  }
}

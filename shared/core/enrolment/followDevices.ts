import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { unenrolConfirmedLeavers, nextCheckDateTime } from './unenrolConfirmedLeavers.ts';
import { readPage } from './callGraph.ts';
import { enrolDevices, enrolledByGraph } from './enrolDevices.ts';
import { findGroups, fetchManagedDevices, type DirectoryMember } from './fetchManagedDevices.ts';
import { toOperatingSystem, type IntuneDevice } from './intuneDevice.ts';
import type { SyncRun } from './syncRun.ts';

/** A change in one of these is a reason to ask Intune. */
const FIRST_LINK =
  '/devices/delta?$select=deviceId,displayName,operatingSystem,operatingSystemVersion,deviceOwnership,isManaged';
const CONCURRENCY = 16;
/** Beginning anew more often than this within a run helps nobody. */
const MAX_BEGINNINGS = 3;

const EntrySchema = Type.Object({
  id: Type.String(),
  deviceId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  operatingSystem: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  isManaged: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  '@removed': Type.Optional(Type.Unknown()),
});
const Entry = Compile(EntrySchema);

/** A device of which the directory says that something has changed. */
interface Changed {
  readonly objectId: string;
  readonly deviceId: string;
  /** The directory says that it is no longer managed, or no longer there. */
  readonly isSaidToLeave: boolean;
}

/**
 * Follows `devices/delta` to its end: who comes, changes or leaves is looked up in Intune, whose word counts, so that
 * repeats and replays change nothing. Where the link is gone all begins anew, and the list is gone through: nobody
 * leaves because a page did not come. (learn.microsoft.com/graph/api/device-delta)
 */
export async function followDevices(run: SyncRun): Promise<void> {
  for (let beginnings = 0; ;) {
    const page = await readPage(run, run.state().deviceLink ?? FIRST_LINK);
    if (page.isGone) {
      beginnings += 1;
      if (beginnings > MAX_BEGINNINGS)
        throw new ConnectorError('serviceNotAvailable', 'Graph lets nobody follow its devices');
      const listDueDateTime = run.now().toISOString();
      await run.save({
        deviceLink: undefined,
        listLink: undefined,
        isFirstRound: true,
        listDueDateTime,
      });
      continue;
    }
    await applyPage(
      run,
      page.value.filter((value) => Entry.Check(value)),
    );
    await run.save({
      deviceLink: page.nextLink ?? page.deltaLink,
      ...(page.nextLink === undefined ? { isFirstRound: false } : {}),
    });
    if (page.nextLink === undefined) return;
  }
}

async function applyPage(
  run: SyncRun,
  entries: readonly Static<typeof EntrySchema>[],
): Promise<void> {
  const found = await mapConcurrently(entries, CONCURRENCY, (entry) => toChanged(run, entry));
  if (run.state().isFirstRound) return;
  const changed = new Map(
    found.flatMap((each) => (each === undefined ? [] : [[each.deviceId, each] as const])),
  );
  const deviceIds = [...changed.keys()];
  if (deviceIds.length === 0) return;
  const { devices, missing } = await fetchManagedDevices(run, deviceIds);
  await enrolDevices(run, await withGroups(run, [...devices.values()], changed), 'latest');
  const enrolled = await enrolledByGraph(run, missing);
  await unenrolConfirmedLeavers(run, [...enrolled]);
  if (isUnclear([...changed.values()], new Set(missing), enrolled))
    await run.save({ listDueDateTime: nextCheckDateTime(run) });
}

/** The device that the entry is about; `undefined` where it is no phone. */
async function toChanged(
  run: SyncRun,
  entry: Static<typeof EntrySchema>,
): Promise<Changed | undefined> {
  const { id: objectId, deviceId, operatingSystem } = entry;
  const isRemoved = entry['@removed'] !== undefined;
  if (!isRemoved && typeof operatingSystem === 'string' && typeof deviceId === 'string') {
    if (toOperatingSystem(operatingSystem) === undefined) return undefined;
    const known = deviceId.toLowerCase();
    await run.directoryObjects.store(objectId, known);
    return { objectId, deviceId: known, isSaidToLeave: entry.isManaged === false };
  }
  const known = await run.directoryObjects.find(objectId);
  return known === undefined
    ? undefined
    : { objectId, deviceId: known, isSaidToLeave: isRemoved || entry.isManaged === false };
}

async function withGroups(
  run: SyncRun,
  devices: readonly IntuneDevice[],
  changed: ReadonlyMap<string, Changed>,
): Promise<readonly IntuneDevice[]> {
  const membersOf = ({ deviceId, properties: { userId } }: IntuneDevice): DirectoryMember[] => {
    const objectId = changed.get(deviceId)?.objectId;
    return [
      ...(objectId === undefined ? [] : [{ kind: 'devices', id: objectId } as const]),
      ...(userId === undefined ? [] : [{ kind: 'users', id: userId } as const]),
    ];
  };
  const groups = await findGroups(run, devices.flatMap(membersOf));
  return devices.map((device) => ({
    ...device,
    properties: {
      ...device.properties,
      groupIds: [
        ...new Set(membersOf(device).flatMap(({ id }) => groups.get(id) ?? [])),
      ].toSorted(),
    },
  }));
}

/** The directory and Intune say different things, since one of them is behind: the list decides a little later. */
function isUnclear(
  changed: readonly Changed[],
  missing: ReadonlySet<string>,
  enrolled: ReadonlySet<string>,
): boolean {
  return changed.some(({ deviceId, isSaidToLeave }) =>
    isSaidToLeave ? !missing.has(deviceId) : missing.has(deviceId) && !enrolled.has(deviceId),
  );
}

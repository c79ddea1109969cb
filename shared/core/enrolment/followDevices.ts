import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { unenrolConfirmedLeavers, nextCheckDateTime } from './unenrolConfirmedLeavers.ts';
import { readPage } from './callGraph.ts';
import { enrolDevices, findEnrolledByGraph } from './enrolDevices.ts';
import { findGroups, fetchManagedDevices, type DirectoryMember } from './fetchManagedDevices.ts';
import { toOperatingSystem, type IntuneDevice } from './intuneDevice.ts';
import { withGroups } from './memberships.ts';
import { NOTHING_TAKEN_IN_PART } from './takenInPart.ts';
import type { SyncRun } from './syncRun.ts';

/** Delta links report a device when one of these properties changes. */
const FIRST_LINK =
  '/devices/delta?$select=deviceId,displayName,operatingSystem,operatingSystemVersion,deviceOwnership,isManaged';
const CONCURRENCY = 16;
/** Starting over more often than this within a run would not help. */
const MAX_RESETS = 3;

const EntrySchema = Type.Object({
  id: Type.String(),
  deviceId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  operatingSystem: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  isManaged: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  '@removed': Type.Optional(Type.Unknown()),
});
const Entry = Compile(EntrySchema);

/** A device that the directory reports as changed. */
interface ChangedDevice {
  readonly objectId: string;
  readonly deviceId: string;
  /** The directory reports it as no longer managed, or removed. */
  readonly isReportedLeaving: boolean;
}

/**
 * Follows `devices/delta` to its end. Looks up added, changed and removed devices in Intune, whose answer decides, so
 * repeated and replayed entries change nothing. After an expired link everything starts over, and the whole list is
 * due: a missing page must not unenrol a device. (learn.microsoft.com/graph/api/device-delta)
 */
export async function followDevices(run: SyncRun): Promise<void> {
  let resets = 0;
  let isAtEnd = false;
  while (!isAtEnd) {
    const page = await readPage(run, run.state().deviceLink ?? FIRST_LINK);
    if (page.isGone) {
      if (resets === MAX_RESETS)
        throw new ConnectorError('serviceNotAvailable', 'Graph keeps resetting `devices/delta`');
      resets += 1;
      await startOver(run);
    } else {
      await applyPage(
        run,
        page.value.filter((value) => Entry.Check(value)),
      );
      isAtEnd = page.nextLink === undefined;
      await run.save({
        deviceLink: page.nextLink ?? page.deltaLink,
        ...(isAtEnd ? { isFirstRound: false } : {}),
      });
    }
  }
}

function startOver(run: SyncRun): Promise<void> {
  return run.save({
    deviceLink: undefined,
    listLink: undefined,
    isFirstRound: true,
    listDueDateTime: run.now().toISOString(),
  });
}

async function applyPage(
  run: SyncRun,
  entries: readonly Static<typeof EntrySchema>[],
): Promise<void> {
  const found = await mapConcurrently(entries, CONCURRENCY, (entry) => toChangedDevice(run, entry));
  if (run.state().isFirstRound) return;
  const changed = new Map(
    found.flatMap((each) => (each === undefined ? [] : [[each.deviceId, each] as const])),
  );
  const deviceIds = [...changed.keys()];
  if (deviceIds.length === 0) return;
  const { devices, missing } = await fetchManagedDevices(run, deviceIds);
  const { partialCount } = await enrolDevices(
    run,
    await findDeviceGroups(run, [...devices.values()], changed),
    'latest',
  );
  await countArrivals(run, partialCount);
  const enrolled = await findEnrolledByGraph(run, missing);
  await unenrolConfirmedLeavers(run, [...enrolled]);
  if (isUnclear([...changed.values()], new Set(missing), enrolled))
    await run.save({ listDueDateTime: nextCheckDateTime(run) });
}

/** The device of the entry; `undefined` if it is not a phone or tablet, or the directory's object is unknown here. */
async function toChangedDevice(
  run: SyncRun,
  entry: Static<typeof EntrySchema>,
): Promise<ChangedDevice | undefined> {
  const { id: objectId, deviceId, operatingSystem } = entry;
  const isRemoved = entry['@removed'] !== undefined;
  if (!isRemoved && typeof operatingSystem === 'string' && typeof deviceId === 'string') {
    if (toOperatingSystem(operatingSystem) === undefined) return undefined;
    const known = toDeviceId(deviceId);
    await run.directoryObjects.store(objectId, known);
    return { objectId, deviceId: known, isReportedLeaving: entry.isManaged === false };
  }
  const known = await run.directoryObjects.find(objectId);
  return known === undefined
    ? undefined
    : { objectId, deviceId: known, isReportedLeaving: isRemoved || entry.isManaged === false };
}

/** Until the next whole list counts anew. */
async function countArrivals(run: SyncRun, partialCount: number): Promise<void> {
  if (partialCount === 0) return;
  const known = run.state().takenInPart ?? NOTHING_TAKEN_IN_PART;
  await run.save({
    takenInPart: { ...known, partialDeviceCount: known.partialDeviceCount + partialCount },
  });
}

async function findDeviceGroups(
  run: SyncRun,
  devices: readonly IntuneDevice[],
  changed: ReadonlyMap<string, ChangedDevice>,
): Promise<readonly IntuneDevice[]> {
  const membersOf = ({ deviceId, properties: { userId } }: IntuneDevice): DirectoryMember[] => {
    const objectId = changed.get(deviceId)?.objectId;
    return [
      ...(objectId === undefined ? [] : [{ kind: 'devices', id: objectId } as const]),
      ...(userId ? [{ kind: 'users', id: userId } as const] : []),
    ];
  };
  const groups = await findGroups(run, devices.flatMap(membersOf));
  const { unknownGroupIds = [] } = run.state();
  return devices.map((device) => {
    const memberOf = membersOf(device).flatMap(({ id }) => groups.get(id) ?? []);
    return withGroups(device, memberOf, unknownGroupIds);
  });
}

/** Whether the directory and Intune disagree, because one lags behind. Then the whole list decides a little later. */
function isUnclear(
  changed: readonly ChangedDevice[],
  missing: ReadonlySet<string>,
  enrolled: ReadonlySet<string>,
): boolean {
  return changed.some(({ deviceId, isReportedLeaving: isSaidToLeave }) =>
    isSaidToLeave ? !missing.has(deviceId) : missing.has(deviceId) && !enrolled.has(deviceId),
  );
}

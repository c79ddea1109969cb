import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { foldGuid } from '../../base/guid.ts';
import { readPages } from './callGraph.ts';
import type { IntuneDevice } from './intuneDevice.ts';
import type { SyncRun } from './syncRun.ts';

const Member = Compile(
  Type.Object({
    '@odata.type': Type.String(),
    id: Type.String(),
    deviceId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

const GROUP = '#microsoft.graph.group';
const DEVICE = '#microsoft.graph.device';

/** The members of the groups that the configuration names. */
export interface Memberships {
  /** Groups by user id, and by `deviceId` for devices; all ids in small letters. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
  /** The groups whose members could not all be read. */
  readonly unknownGroupIds: readonly string[];
}

/**
 * Reads the members of the named groups. From now on, nested groups are followed too. A group that the directory does
 * not have, or with a member that the identity may not read, is unknown: that is logged, and the groups of each device
 * that is not surely a member stay unclear. @throws as `readPage`.
 */
export async function readMemberships(run: SyncRun): Promise<Memberships> {
  const { namedGroupIds } = run.state();
  const groupsOf = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  const followed = new Set(namedGroupIds);
  for (const groupId of namedGroupIds) {
    const members = await readMembers(run, groupId);
    for (const nested of members.groupIds) followed.add(nested);
    for (const id of members.ids) groupsOf.set(id, [...(groupsOf.get(id) ?? []), groupId]);
    if (members.problem === undefined) continue;
    unknown.push(groupId);
    run.log.error(
      `group \`${groupId}\`, which a policy names, is unknown: ${members.problem}. Policies that include it apply, and exclusions of it do not.`,
    );
  }
  await run.save({ followedGroupIds: [...followed].toSorted(), unknownGroupIds: unknown });
  return { groupsOf, unknownGroupIds: unknown };
}

/** The device with its groups: all of them, or those that are known, beside those that it may be in. */
export function withGroups(
  device: IntuneDevice,
  memberOf: readonly string[],
  unknownGroupIds: readonly string[],
): IntuneDevice {
  const known = [...new Set(memberOf)].toSorted();
  const unknown = unknownGroupIds.filter((groupId) => !known.includes(groupId));
  const groups =
    unknown.length === 0
      ? { groupIds: known }
      : { partlyKnownGroups: { memberOf: known, unknown } };
  return { ...device, properties: { ...device.properties, ...groups } };
}

interface GroupMembers {
  readonly ids: readonly string[];
  readonly groupIds: readonly string[];
  /** Why there may be more members. */
  readonly problem?: string;
}

async function readMembers(run: SyncRun, groupId: string): Promise<GroupMembers> {
  const ids: string[] = [];
  const groupIds: string[] = [];
  let unreadable = 0;
  for await (const page of readPages(run, membersUrl(groupId))) {
    if (page.isGone && page.isMissing)
      return { ids: [], groupIds: [], problem: 'the directory does not have it' };
    if (page.isGone) throw new ConnectorError('serviceNotAvailable', 'a list must be read again');
    for (const value of page.value) {
      const member = await readMember(run, value);
      if (member === undefined) unreadable += 1;
      else if (member.isGroup) groupIds.push(member.id);
      else ids.push(member.id);
    }
  }
  return unreadable === 0
    ? { ids, groupIds }
    : { ids, groupIds, problem: `${String(unreadable)} of its members cannot be read` };
}

/**
 * The member, or `undefined` if it may be a device and cannot be recognised. Graph lists a member that the identity may
 * not read with its type and `id` only, and all other properties null
 * (learn.microsoft.com/graph/permissions-overview, "Limited information returned for inaccessible member objects"). The
 * directory's id of a phone is known here from `devices/delta`.
 */
async function readMember(
  run: SyncRun,
  value: unknown,
): Promise<{ readonly id: string; readonly isGroup: boolean } | undefined> {
  if (!Member.Check(value)) return undefined;
  const { '@odata.type': type, id, deviceId } = value;
  if (type !== DEVICE) return { id: foldGuid(id), isGroup: type === GROUP };
  const known = deviceId || (await run.directoryObjects.find(id));
  return known === undefined ? undefined : { id: foldGuid(known), isGroup: false };
}

function membersUrl(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}/transitiveMembers?$top=999&$select=id,deviceId`;
}

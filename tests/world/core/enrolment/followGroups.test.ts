import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { managedProperties } from '../../../../shared/domain/devices/device.ts';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../../support/graphWorld.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld({}, { pageSize: 10 });
});
afterEach(() => world.stop());

const GROUP = toGuid(7_000_001);
const INNER_GROUP = toGuid(7_000_002);

const OTHER_GROUP = toGuid(7_000_003);

const assign = (groupId: string, id = 'of-the-group'): Promise<unknown> =>
  world.services.documents.saveDocument(
    {
      id,
      kind: 'deviceCompliancePolicy',
      '@odata.type': '#microsoft.graph.androidCompliancePolicy',
      version: 1,
      displayName: 'Of the group',
      deviceThreatProtectionEnabled: true,
      deviceThreatProtectionRequiredSecurityLevel: 'low',
      assignments: [
        { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId } },
      ],
    },
    undefined,
  );

describe('the groups of a device', () => {
  it.each([
    ['in capitals', (id: string) => id.toUpperCase()],
    ['in braces', (id: string) => `{${id}}`],
    ['in braces and capitals', (id: string) => `{${id.toUpperCase()}}`],
  ])('are found if a policy names the group %s', async (_, spell) => {
    const { directory } = world.server;
    const { id } = directory.enrol(phone(10));
    directory.setMembers(GROUP, { [id]: 'device' });
    await assign(spell(GROUP));
    await world.sync();
    expect((await world.enrolled(10))?.groupIds).toEqual([GROUP]);
    directory.enrol(phone(11));
    await world.sync();
    expect((await world.enrolled(11))?.groupIds).toEqual([]);
  });

  it('are found if Graph writes the ids of the device and its user in capitals', async () => {
    const { directory } = world.server;
    const capitals = (index: number): object => ({
      azureADDeviceId: toGuid(index).toUpperCase(),
      userId: toGuid(1_000_000 + index).toUpperCase(),
    });
    const { id } = directory.enrol(phone(10, { ...capitals(10) }));
    directory.enrol(phone(11, { ...capitals(11) }));
    directory.setMembers(GROUP, { [id]: 'device', [toGuid(1_000_011)]: 'user' });
    await assign(GROUP);
    await world.sync();
    for (const index of [10, 11])
      expect(await world.enrolled(index)).toMatchObject({
        userId: toGuid(1_000_000 + index),
        groupIds: [GROUP],
      });
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 0 });
  });

  it('are those that a policy names: of the device, of its user, and nested ones', async () => {
    const { directory } = world.server;
    const { id } = directory.enrol(phone(0));
    directory.enrol(phone(1));
    directory.enrol(phone(2));
    directory.setMembers(INNER_GROUP, { [toGuid(1_000_001)]: 'user' });
    directory.setMembers(GROUP, { [id]: 'device', [INNER_GROUP]: 'group' });
    await assign(GROUP);
    await world.sync();
    const groups = await Promise.all([0, 1, 2].map((index) => world.enrolled(index)));
    expect(groups.map((each) => each?.groupIds)).toEqual([[GROUP], [GROUP], []]);
  });

  it('follow joining and leaving members, even in nested groups', async () => {
    const { directory } = world.server;
    world.enrolFleet(3);
    directory.setMembers(INNER_GROUP, {});
    directory.setMembers(GROUP, { [INNER_GROUP]: 'group' });
    await assign(GROUP);
    await world.sync();
    directory.setMembers(INNER_GROUP, { [toGuid(1_000_001)]: 'user' });
    await world.sync();
    expect((await world.enrolled(1))?.groupIds).toEqual([GROUP]);
    directory.setMembers(INNER_GROUP, {});
    await world.sync();
    expect((await world.enrolled(1))?.groupIds).toEqual([]);
  });

  it('are looked up for a device that arrives between two lists', async () => {
    const { directory } = world.server;
    directory.setMembers(GROUP, { [toGuid(1_000_001)]: 'user' });
    await assign(GROUP);
    await world.sync();
    directory.enrol(phone(1));
    await world.sync();
    expect((await world.enrolled(1))?.groupIds).toEqual([GROUP]);
  });

  it('stay unclear, and the others known, if the directory does not have a named group', async () => {
    const { directory } = world.server;
    const { id } = directory.enrol(phone(0));
    directory.enrol(phone(2));
    directory.setMembers(OTHER_GROUP, { [id]: 'device' });
    await assign(GROUP);
    await assign(OTHER_GROUP, 'of-the-other-group');
    expect(await world.sync()).toMatchObject({ enrolled: 2, isComplete: true });
    const groups = await Promise.all([0, 2].map((index) => world.enrolled(index)));
    expect(groups.map((each) => [each?.groupIds, each?.partlyKnownGroups])).toEqual([
      [undefined, { memberOf: [OTHER_GROUP], unknown: [GROUP] }],
      [undefined, { memberOf: [], unknown: [GROUP] }],
    ]);
    expect(world.logged.join()).toContain(
      `group \`${GROUP}\`, which a policy names, is unknown: the directory does not have it`,
    );
    expect((await world.enrolmentState())?.document).toMatchObject({ unknownGroupIds: [GROUP] });
    directory.enrol(phone(4));
    await world.sync();
    expect(await world.enrolled(4)).toMatchObject({
      partlyKnownGroups: { memberOf: [], unknown: [GROUP] },
    });
  });

  it('are known again once the directory has the named group', async () => {
    const { directory } = world.server;
    directory.enrol(phone(0));
    await assign(GROUP);
    await world.sync();
    expect((await world.enrolled(0))?.groupIds).toBeUndefined();
    directory.setMembers(GROUP, { [toGuid(9)]: 'user' });
    await world.sync();
    expect(await world.enrolled(0)).toMatchObject({ groupIds: [] });
    expect(await world.enrolled(0)).not.toHaveProperty('partlyKnownGroups');
    expect((await world.enrolmentState())?.document).toMatchObject({ unknownGroupIds: [] });
  });

  it('stay unclear if a member device cannot be read and is not known by its directory id', async () => {
    const { directory } = world.server;
    const { id } = directory.enrol(phone(0));
    directory.enrol(phone(2));
    await world.sync();
    directory.devices.put(id, { deviceId: null });
    directory.setMembers(GROUP, { [id]: 'device' });
    await assign(GROUP);
    await world.sync();
    expect((await world.enrolled(0))?.groupIds).toEqual([GROUP]);
    expect((await world.enrolled(2))?.groupIds).toEqual([]);
    directory.setMembers(GROUP, { [id]: 'device', [toGuid(77)]: 'device' });
    await world.sync();
    expect((await world.enrolled(0))?.groupIds).toEqual([GROUP]);
    expect(await world.enrolled(2)).toMatchObject({
      partlyKnownGroups: { memberOf: [], unknown: [GROUP] },
    });
    expect(world.logged.join()).toContain('1 of its members cannot be read');
  });

  it('are the same in capitals: of the policy, of the directory and of Intune', async () => {
    const { directory } = world.server;
    const capitals = 'A0000000-0000-4000-8000-00000000BEEF';
    const { id } = directory.enrol(
      phone(0, { azureADDeviceId: capitals, userId: capitals.replace('A', 'C') }),
    );
    directory.enrol(phone(2, { userId: capitals.replace('A', 'D') }));
    directory.setMembers(GROUP, { [id]: 'device', [capitals.replace('A', 'D')]: 'user' });
    directory.setMembers(capitals.replace('A', 'E'), { [capitals.replace('A', 'C')]: 'user' });
    await assign(GROUP.toUpperCase());
    await assign(capitals.replace('A', 'E').toLowerCase(), 'of-the-other-group');
    await world.sync();
    const first = await world.services.devices.load(capitals.toLowerCase());
    expect(first && managedProperties(first.record.device)?.groupIds).toEqual([
      GROUP,
      capitals.replace('A', 'E').toLowerCase(),
    ]);
    expect((await world.enrolled(2))?.groupIds).toEqual([GROUP]);
  });
});

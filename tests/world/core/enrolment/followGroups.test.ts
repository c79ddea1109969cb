import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../../support/graphWorld.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld({}, { pageSize: 10 });
});
afterEach(() => world.stop());

const GROUP = toGuid(7_000_001);
const INNER_GROUP = toGuid(7_000_002);

const assign = (groupId: string): Promise<unknown> =>
  world.services.documents.saveDocument(
    {
      id: 'of-the-group',
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

  it('do not stop the sync if a named group does not exist', async () => {
    world.enrolFleet(2);
    await assign(GROUP);
    expect(await world.sync()).toMatchObject({ enrolled: 2, isComplete: true });
  });
});

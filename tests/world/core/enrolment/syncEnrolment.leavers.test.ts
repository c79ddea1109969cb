import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGraphWorld, toGuid, type GraphWorld } from '../../../support/graphWorld.ts';
import { ENROLLED, signalOf } from '../../../support/signals.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld({}, { pageSize: 10 });
});
afterEach(() => world.stop());

describe('a leaving device', () => {
  it('is unenrolled in the next run after it is retired or deleted', async () => {
    world.enrolFleet(15);
    await world.sync();
    world.server.directory.retire(toGuid(3));
    world.server.directory.remove(toGuid(4));
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 2 });
    expect(await world.enrolled(3)).toBeUndefined();
    expect(await world.enrolled(4)).toBeUndefined();
    expect(await world.services.devices.countManaged()).toBe(13);
  });

  it('is noticed within a day even if the directory does not report it', async () => {
    world.enrolFleet(5);
    await world.sync();
    const [first] = world.server.directory.managedDevices.list();
    world.server.directory.managedDevices.remove(String(first?.['id']));
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 1 });
  });

  it('is looked up again soon if the directory is ahead of Intune', async () => {
    world.enrolFleet(5);
    await world.sync();
    const { directory } = world.server;
    directory.devices.put(String(directory.findDevice(toGuid(2))?.['id']), { isManaged: false });
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    directory.retire(toGuid(2));
    directory.devices.put(String(directory.findDevice(toGuid(2))?.['id']), { isManaged: null });
    world.waitHours(0.3);
    expect(await world.sync()).toMatchObject({ unenrolled: 1 });
  });

  it('is not assumed if Intune returns unreadable properties', async () => {
    world.enrolFleet(3);
    await world.sync();
    const { directory } = world.server;
    const [first, second] = directory.managedDevices.list();
    directory.managedDevices.put(String(first?.['id']), { osVersion: '' });
    directory.managedDevices.put(String(second?.['id']), { operatingSystem: 'Nobody knows' });
    for (const index of [0, 1, 2]) {
      const id = String(directory.findDevice(toGuid(index))?.['id']);
      directory.devices.put(id, { displayName: 'renamed' });
    }
    expect(await world.sync()).toMatchObject({ unenrolled: 0, isComplete: true });
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 0, isComplete: true });
    expect(await world.services.devices.countManaged()).toBe(3);
  });

  it('is not assumed if the device was enrolled manually', async () => {
    world.enrolFleet(2);
    const before = '2026-01-01T12:00:00.000Z';
    await world.recompute([signalOf(ENROLLED, before, 'manual')], before);
    await world.sync();
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    expect(await world.services.devices.countManaged()).toBe(3);
  });

  it('is held for an operator if too many leave at once, and stays if Intune lists it again', async () => {
    world.enrolFleet(30);
    await world.sync();
    const listed = world.server.directory.managedDevices.list();
    for (const { id } of listed) world.server.directory.managedDevices.remove(String(id));
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    expect((await world.enrolmentState())?.document).toMatchObject({ held: { deviceCount: 30 } });
    expect(world.logged.join()).toContain('30 of 30 devices would leave at once');
    for (const device of listed)
      world.server.directory.managedDevices.put(String(device['id']), device);
    world.waitHours(0.3);
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 0 });
    expect((await world.enrolmentState())?.document).not.toHaveProperty('held');
    expect(await world.services.devices.countManaged()).toBe(30);
  });

  it('is unenrolled once an operator confirms it, and the confirmation is used up', async () => {
    world.enrolFleet(60);
    await world.sync();
    for (let index = 0; index < 30; index += 1) world.server.directory.retire(toGuid(index));
    // Three pages of ten leavers, and each page is above the limit.
    await world.sync();
    const stored = await world.enrolmentState();
    if (stored === undefined) throw new Error('there is no state');
    expect(stored.document).toHaveProperty('held');
    const confirmed = { ...stored.document, confirmedDateTime: '2026-01-01T00:00:00.000Z' };
    await world.services.documents.saveDocument(confirmed, stored.etag);
    world.waitHours(0.3);
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(30);
    expect((await world.enrolmentState())?.document).not.toHaveProperty('held');
    expect((await world.enrolmentState())?.document).not.toHaveProperty('confirmedDateTime');
  });
});

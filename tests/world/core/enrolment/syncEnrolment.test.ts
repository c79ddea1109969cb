import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Graph } from '../../../../shared/core/ports/graph.ts';
import { managedProperties } from '../../../../shared/domain/devices/device.ts';
import { ENROLMENT_STATE } from '../../../../shared/core/enrolment/enrolmentState.ts';
import type { ManagedDeviceProperties } from '../../../../shared/domain/vocabulary/signal.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { recomputeDevice } from '../../../../shared/core/devices/recomputeDevice.ts';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../../support/graphWorld.ts';
import { ENROLLED, signalOf } from '../../../support/signals.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld({}, { pageSize: 10 });
});
afterEach(() => world.stop());

const GROUP = toGuid(7_000_001);
const INNER_GROUP = toGuid(7_000_002);

const enrolFleet = (count: number): void => {
  for (let index = 0; index < count; index += 1) world.server.directory.enrol(phone(index));
};

/** The device as it is enrolled here; `undefined` where it is not. */
const enrolled = async (index: number): Promise<ManagedDeviceProperties | undefined> => {
  const stored = await world.services.devices.load(toGuid(index));
  return stored && managedProperties(stored.record.device);
};

const stateOf = async (): Promise<Readonly<Record<string, unknown>>> =>
  (await world.services.documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id))
    ?.document ?? {};

const enrolByHand = async (deviceId: string): Promise<unknown> =>
  recomputeDevice(
    { ...world.dependencies },
    {
      deviceId,
      signals: [signalOf(ENROLLED, '2026-01-01T12:00:00.000Z', deviceId)],
      configuration: await world.services.configuration.load(),
      now: '2026-01-01T12:00:00.000Z',
    },
  );

const spoil = (deviceId: string): Promise<unknown> =>
  world.database
    .container(DEVICES_CONTAINER.id)
    .item(deviceId, deviceId)
    .patch([{ op: 'set', path: '/record', value: { device: 'spoilt' } }]);

/** A Graph at whose `requests`th answer the worker is killed, unless it has come to an end by then. */
const killedAfter = (requests: number): Graph => {
  let left = requests;
  const count = <T>(answer: T): T => {
    left -= 1;
    if (left < 0) throw new Error('killed');
    return answer;
  };
  return {
    send: async (request, signal) => count(await world.graph.send(request, signal)),
    batch: async (requests, signal) => count(await world.graph.batch(requests, signal)),
  };
};

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

describe('who comes', () => {
  it('is enrolled as Intune has it, and by no identifier that says nothing', async () => {
    world.server.directory.enrol(
      phone(0, {
        deviceName: 'Anna’s phone',
        userPrincipalName: 'anna@contoso.com',
        serialNumber: 'S-1',
        udid: '',
        imei: null,
        wiFiMacAddress: 'no address',
        managedDeviceOwnerType: 'company',
      }),
    );
    await world.sync();
    expect(await enrolled(0)).toEqual({
      operatingSystem: 'Android',
      osVersion: '17.1',
      deviceName: 'Anna’s phone',
      userPrincipalName: 'anna@contoso.com',
      userId: toGuid(1_000_000),
      serialNumber: 'S-1',
      managedDeviceOwnerType: 'company',
      groupIds: [],
    });
    expect(await world.services.devices.findDeviceIds('serialNumber', 'S-1')).toEqual([toGuid(0)]);
  });

  it('is enrolled in the next run, by name and without the list', async () => {
    enrolFleet(15);
    await world.sync();
    const before = { ...world.server.counts };
    world.server.directory.enrol(phone(20));
    expect(await world.sync()).toMatchObject({ enrolled: 1, unenrolled: 0, isComplete: true });
    expect(await enrolled(20)).toBeDefined();
    const lists = 'GET deviceManagement/managedDevices 200';
    // The one question by name, in a batch.
    expect((world.server.counts[lists] ?? 0) - (before[lists] ?? 0)).toBe(1);
  });

  it('is a phone or a tablet that Entra knows, and nothing else', async () => {
    world.server.directory.enrol(phone(1, { operatingSystem: 'Windows', osVersion: '10' }));
    world.server.directory.enrol(
      phone(2, { azureADDeviceId: '00000000-0000-0000-0000-000000000000' }),
    );
    world.server.directory.enrol(phone(3, { operatingSystem: 'AndroidEnterprise' }));
    world.server.directory.enrol(phone(4, { operatingSystem: 'iPadOS' }));
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(2);
    expect((await enrolled(3))?.operatingSystem).toBe('Android');
    expect((await enrolled(4))?.operatingSystem).toBe('iPadOS');
  });

  it('is one device, the one that was enrolled last, where Intune has two', async () => {
    const { directory } = world.server;
    directory.enrol(phone(0, { enrolledDateTime: '2026-02-01T00:00:00Z', osVersion: '18.0' }));
    // On another page than the newer one, before it or after it.
    for (let index = 1; index < 40; index += 1) directory.enrol(phone(index));
    for (const id of ['0', 'z'])
      directory.managedDevices.put(
        id,
        phone(0, { enrolledDateTime: '2025-01-01T00:00:00Z', osVersion: '12.0' }),
      );
    await world.sync();
    world.waitHours(25);
    await world.sync();
    expect((await enrolled(0))?.osVersion).toBe('18.0');
  });

  it('does not keep the others out where its own record cannot be read', async () => {
    enrolFleet(12);
    await world.sync();
    await spoil(toGuid(3));
    for (const index of [3, 4]) world.server.directory.enrol(phone(index, { osVersion: '18.0' }));
    expect(await world.sync()).toMatchObject({ enrolled: 1, failed: 1, isComplete: true });
    expect((await enrolled(4))?.osVersion).toBe('18.0');
  });
});

describe('who leaves', () => {
  it('is unenrolled in the next run: retired, or deleted altogether', async () => {
    enrolFleet(15);
    await world.sync();
    world.server.directory.retire(toGuid(3));
    world.server.directory.remove(toGuid(4));
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 2 });
    expect(await enrolled(3)).toBeUndefined();
    expect(await enrolled(4)).toBeUndefined();
    expect(await world.services.devices.countManaged()).toBe(13);
  });

  it('is noticed once a day although the directory forgot to tell', async () => {
    enrolFleet(5);
    await world.sync();
    const [first] = world.server.directory.managedDevices.list();
    world.server.directory.managedDevices.remove(String(first?.['id']));
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 1 });
  });

  it('is asked for again soon where the directory is ahead of Intune', async () => {
    enrolFleet(5);
    await world.sync();
    const { directory } = world.server;
    directory.devices.put(String(directory.findDevice(toGuid(2))?.['id']), { isManaged: false });
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    directory.retire(toGuid(2));
    directory.devices.put(String(directory.findDevice(toGuid(2))?.['id']), { isManaged: null });
    world.waitHours(0.3);
    expect(await world.sync()).toMatchObject({ unenrolled: 1 });
  });

  it('is nobody of whom Intune says something that cannot be read', async () => {
    enrolFleet(3);
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

  it('is nobody whom somebody enrolled by hand', async () => {
    enrolFleet(2);
    await enrolByHand('by-hand');
    await world.sync();
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    expect(await world.services.devices.countManaged()).toBe(3);
  });

  it('waits for an operator where too many would at once, and stays where Intune has them again', async () => {
    enrolFleet(30);
    await world.sync();
    const kept = world.server.directory.managedDevices.list();
    for (const { id } of kept) world.server.directory.managedDevices.remove(String(id));
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ unenrolled: 0 });
    expect(await stateOf()).toMatchObject({ held: { deviceCount: 30 } });
    expect(world.logged.join()).toContain('30 of 30 devices would leave at once');
    for (const device of kept)
      world.server.directory.managedDevices.put(String(device['id']), device);
    world.waitHours(0.3);
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 0 });
    expect(await stateOf()).not.toHaveProperty('held');
    expect(await world.services.devices.countManaged()).toBe(30);
  });

  it('leaves once an operator has confirmed it, and the next time is guarded again', async () => {
    enrolFleet(60);
    await world.sync();
    for (let index = 0; index < 30; index += 1) world.server.directory.retire(toGuid(index));
    // Three pages of ten: each is more than may leave after the one before.
    await world.sync();
    const stored = await world.services.documents.loadDocument(
      ENROLMENT_STATE.kind,
      ENROLMENT_STATE.id,
    );
    if (stored === undefined) throw new Error('there is no state');
    expect(stored.document).toHaveProperty('held');
    const confirmed = { ...stored.document, confirmedDateTime: '2026-01-01T00:00:00.000Z' };
    await world.services.documents.saveDocument(confirmed, stored.etag);
    world.waitHours(0.3);
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(30);
    expect(await stateOf()).not.toHaveProperty('held');
    expect(await stateOf()).not.toHaveProperty('confirmedDateTime');
  });
});

describe('groups', () => {
  it('are those that a policy names: of the device, of its user, and those within them', async () => {
    const { directory } = world.server;
    const { id } = directory.enrol(phone(0));
    directory.enrol(phone(1));
    directory.enrol(phone(2));
    directory.setMembers(INNER_GROUP, { [toGuid(1_000_001)]: 'user' });
    directory.setMembers(GROUP, { [id]: 'device', [INNER_GROUP]: 'group' });
    await assign(GROUP);
    await world.sync();
    const groups = await Promise.all([0, 1, 2].map(enrolled));
    expect(groups.map((each) => each?.groupIds)).toEqual([[GROUP], [GROUP], []]);
  });

  it('are followed: a member who comes or goes, also in a group within', async () => {
    const { directory } = world.server;
    enrolFleet(3);
    directory.setMembers(INNER_GROUP, {});
    directory.setMembers(GROUP, { [INNER_GROUP]: 'group' });
    await assign(GROUP);
    await world.sync();
    directory.setMembers(INNER_GROUP, { [toGuid(1_000_001)]: 'user' });
    await world.sync();
    expect((await enrolled(1))?.groupIds).toEqual([GROUP]);
    directory.setMembers(INNER_GROUP, {});
    await world.sync();
    expect((await enrolled(1))?.groupIds).toEqual([]);
  });

  it('are looked up for a device that comes between two lists', async () => {
    const { directory } = world.server;
    directory.setMembers(GROUP, { [toGuid(1_000_001)]: 'user' });
    await assign(GROUP);
    await world.sync();
    directory.enrol(phone(1));
    await world.sync();
    expect((await enrolled(1))?.groupIds).toEqual([GROUP]);
  });

  it('do not stop it where one that a policy names is not there', async () => {
    enrolFleet(2);
    await assign(GROUP);
    expect(await world.sync()).toMatchObject({ enrolled: 2, isComplete: true });
  });
});

describe('what goes wrong', () => {
  it('replays and repeats change nothing', async () => {
    enrolFleet(15);
    await world.sync();
    world.server.directory.enrol(phone(3, { osVersion: '18.0' }));
    await world.sync();
    world.server.faults.add({ kind: 'replayed', request: 'GET devices/delta' });
    world.server.faults.add({ kind: 'repeatedPage', request: 'GET devices/delta' });
    expect(await world.sync()).toEqual({ enrolled: 0, unenrolled: 0, failed: 0, isComplete: true });
    expect((await enrolled(3))?.osVersion).toBe('18.0');
  });

  it('a token that ends on the way is replaced', async () => {
    await world.stop();
    world = await startGraphWorld({}, { pageSize: 10, tokenLifetimeInSeconds: 120 });
    enrolFleet(30);
    world.server.faults.add({ kind: 'expiredToken', request: 'GET devices/delta', after: 1 });
    world.server.faults.add({
      kind: 'expiredToken',
      request: 'GET deviceManagement/managedDevices',
      after: 2,
    });
    expect(await world.sync()).toMatchObject({ enrolled: 30, isComplete: true });
  });

  it('is asked again when Graph says so, and no sooner', async () => {
    enrolFleet(30);
    world.server.faults.add({
      kind: 'throttled',
      request: 'GET deviceManagement/managedDevices',
      after: 1,
      retryAfterInSeconds: 17,
    });
    expect(await world.sync()).toMatchObject({ enrolled: 30, isComplete: true });
    expect(world.waits).toEqual([17_000]);
  });

  it('one that is throttled in a batch is asked again, and it alone', async () => {
    enrolFleet(2);
    await world.sync();
    for (const index of [5, 6, 7]) world.server.directory.enrol(phone(index));
    const lists = 'GET deviceManagement/managedDevices 200';
    const before = world.server.counts[lists] ?? 0;
    world.server.faults.add({
      kind: 'throttled',
      request: 'GET deviceManagement/managedDevices',
      after: 1,
      retryAfterInSeconds: 3,
    });
    expect(await world.sync()).toMatchObject({ enrolled: 3 });
    expect(world.server.counts[lists]).toBe(before + 3);
    expect(world.waits).toEqual([3000]);
  });

  it('a worker that is killed is gone on for, from the page where it was', async () => {
    enrolFleet(50);
    let kills = 0;
    while (kills < 50) {
      try {
        await world.sync({ graph: killedAfter(8) });
        break;
      } catch (error) {
        expect(String(error)).toContain('killed');
        kills += 1;
      }
    }
    expect(kills).toBeGreaterThan(0);
    expect(kills).toBeLessThan(50);
    expect(await world.services.devices.countManaged()).toBe(50);
    // 5 pages of the directory, and what each run has to ask before it can go on.
    expect(world.server.counts['GET devices/delta 200']).toBeLessThanOrEqual(5 + kills + 1);
  });

  it('what Graph does not answer for long is left to the next run, and nobody leaves for it', async () => {
    enrolFleet(30);
    await world.sync();
    world.waitHours(25);
    world.server.faults.add({
      kind: 'lost',
      request: 'GET deviceManagement/managedDevices',
      after: 4,
      times: 6,
    });
    expect(await world.sync()).toMatchObject({ unenrolled: 0, isComplete: false });
    expect(await world.sync()).toMatchObject({ unenrolled: 0, isComplete: true });
    expect(await world.services.devices.countManaged()).toBe(30);
  });

  it('a delta link that has ended begins anew, with 410 or with 400', async () => {
    enrolFleet(12);
    await world.sync();
    world.server.directory.remove(toGuid(1));
    world.server.reset();
    expect(await world.sync()).toMatchObject({ unenrolled: 1, isComplete: true });
    const stored = await world.services.documents.loadDocument(
      ENROLMENT_STATE.kind,
      ENROLMENT_STATE.id,
    );
    if (stored === undefined) throw new Error('there is no state');
    const old = `${world.server.address}/devices/delta?$deltatoken=of-last-year`;
    await world.services.documents.saveDocument(
      { ...stored.document, deviceLink: old },
      stored.etag,
    );
    world.server.directory.remove(toGuid(2));
    expect(await world.sync()).toMatchObject({ unenrolled: 1, isComplete: true });
  });

  it('a permission that is missing is said, and nobody leaves for it', async () => {
    enrolFleet(12);
    await world.sync();
    world.waitHours(25);
    world.server.faults.add({
      kind: 'forbidden',
      request: 'GET deviceManagement/managedDevices',
      times: 100,
    });
    await expect(world.sync()).rejects.toThrow(
      'Graph answered 403 `Authorization_RequestDenied` to `/deviceManagement/managedDevices`',
    );
    expect(await world.services.devices.countManaged()).toBe(12);
  });

  it('a link that leads elsewhere is not followed: it begins anew', async () => {
    enrolFleet(3);
    const other = createServer((_, response) => response.end('{}'));
    let connections = 0;
    other.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await world.services.documents.saveDocument(
      {
        ...ENROLMENT_STATE,
        deviceLink: `http://127.0.0.1:${String(port)}/v1.0/devices/delta?$deltatoken=stolen`,
        isFirstRound: false,
        namedGroupIds: [],
        followedGroupIds: [],
        listDueDateTime: '9999',
        leavers: { sinceDateTime: '2026-01-01T00:00:00.000Z', deviceCount: 0 },
      },
      undefined,
    );
    expect(await world.sync()).toMatchObject({ enrolled: 3, isComplete: true });
    expect(connections).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });

  it('two runs at once end as one does', async () => {
    enrolFleet(40);
    await Promise.all([world.sync(), world.sync(), world.sync()]);
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(40);
  });
});

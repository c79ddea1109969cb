import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Graph } from '../../../../shared/core/ports/graph.ts';
import { ENROLMENT_STATE } from '../../../../shared/core/enrolment/enrolmentState.ts';
import { EMPTY_GUID } from '../../../../shared/base/guid.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../../support/graphWorld.ts';
import { listeningPort } from '../../../support/listeningPort.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld({}, { pageSize: 10 });
});
afterEach(() => world.stop());

const corrupt = (deviceId: string): Promise<unknown> =>
  world.database
    .container(DEVICES_CONTAINER.id)
    .item(deviceId, deviceId)
    .patch([{ op: 'set', path: '/record', value: { device: 'corrupt' } }]);

/** A Graph that kills its worker after so many answers. */
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

describe('a fleet of 120 phones with one serial number', () => {
  it('is enrolled in one run with few writes of the list, and the list says that it is cut', async () => {
    for (let index = 0; index < 120; index += 1)
      world.server.directory.enrol(phone(index, { serialNumber: 'R5-SHARED' }));
    const other = world.anotherWorker();
    await world.sync();
    expect(await world.enrolled(119)).toMatchObject({ serialNumber: 'R5-SHARED' });
    expect(world.logged).toEqual([]);
    const { deviceIds, hasMore } = await other.devices.findDeviceIds('serialNumber', 'R5-SHARED');
    expect([deviceIds.length, hasMore]).toEqual([100, true]);
    // Each record is created once; all further writes are of the list or of the run.
    const { count = 0 } = world.cosmos.counters()['devices/replace'] ?? {};
    expect(count).toBeLessThan(200);
  });
});

describe('an arriving device', () => {
  it('is enrolled with its properties from Intune, without empty identifiers', async () => {
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
    expect(await world.enrolled(0)).toEqual({
      operatingSystem: 'Android',
      osVersion: '17.1',
      deviceName: 'Anna’s phone',
      userPrincipalName: 'anna@contoso.com',
      userId: toGuid(1_000_000),
      serialNumber: 'S-1',
      managedDeviceOwnerType: 'company',
      groupIds: [],
    });
    expect(await world.services.devices.findDeviceIds('serialNumber', 'S-1')).toEqual({
      deviceIds: [toGuid(0)],
      hasMore: false,
    });
  });

  it.each(['02-00-5e-a5-91-48', '0200.5EA5.9148', '02005EA59148', '02:00:5e:a5:91:48'])(
    'is enrolled with its MAC address in one form: %s',
    async (wiFiMacAddress) => {
      world.server.directory.enrol(phone(0, { wiFiMacAddress }));
      await world.sync();
      expect((await world.enrolled(0))?.wiFiMacAddress).toBe('02:00:5E:A5:91:48');
      expect(
        await world.services.devices.findDeviceIds('wiFiMacAddress', wiFiMacAddress),
      ).toMatchObject({ deviceIds: [toGuid(0)] });
    },
  );

  it('is enrolled without a MAC address that cannot be read, and the log names it', async () => {
    world.server.directory.enrol(phone(0, { wiFiMacAddress: 'no address' }));
    await world.sync();
    expect(await world.enrolled(0)).not.toHaveProperty('wiFiMacAddress');
    const naming = `1 devices are enrolled without what cannot be read in Intune, such as \`${toGuid(0)}\`: wiFiMacAddress`;
    expect(world.logged).toContain(naming);
    await world.sync();
    expect(world.logged.filter((line) => line === naming)).toHaveLength(1);
  });

  it('is not enrolled again because an older release stored its ids in another spelling', async () => {
    world.server.directory.enrol(phone(0, { wiFiMacAddress: '02:00:5E:A5:91:48' }));
    await world.sync();
    const container = world.database.container(DEVICES_CONTAINER.id);
    const at = '/record/device/enrolment/value/properties/wiFiMacAddress';
    await container
      .item(toGuid(0), toGuid(0))
      .patch([{ op: 'set', path: at, value: '02005ea59148' }]);
    world.waitHours(25);
    expect(await world.sync()).toMatchObject({ enrolled: 0, unenrolled: 0 });
    expect((await world.enrolled(0))?.wiFiMacAddress).toBe('02005ea59148');
  });

  it.each([
    ['an empty version', ''],
    ['blanks', ' '],
    ['null', null],
    ['a number', 15],
  ])('is enrolled with its version in error if Intune has %s', async (_, osVersion) => {
    world.server.directory.enrol(phone(0, { osVersion }));
    expect(await world.sync()).toMatchObject({ enrolled: 1, failed: 0 });
    expect((await world.enrolled(0))?.osVersion).toBe('unknown');
    expect((await world.enrolmentState())?.document).toMatchObject({
      takenInPart: { partialDeviceCount: 1, unreadableDeviceCount: 0 },
    });
    world.server.directory.enrol(phone(0, { osVersion: '17.1' }));
    world.server.directory.enrol(phone(2, { osVersion }));
    await world.sync();
    expect((await world.enrolled(0))?.osVersion).toBe('17.1');
    expect((await world.enrolmentState())?.document).toMatchObject({
      takenInPart: { partialDeviceCount: 2 },
    });
    world.waitHours(25);
    await world.sync();
    expect((await world.enrolmentState())?.document).toMatchObject({
      takenInPart: { partialDeviceCount: 1 },
    });
  });

  it('keeps the version that is known if Intune empties it', async () => {
    world.server.directory.enrol(phone(0));
    await world.sync();
    world.server.directory.enrol(phone(0, { osVersion: '', deviceName: 'Renamed' }));
    await world.sync();
    expect(await world.enrolled(0)).toMatchObject({ osVersion: '17.1', deviceName: 'Renamed' });
  });

  it('loses only the properties that cannot be read', async () => {
    const long = 'x'.repeat(2000);
    world.server.directory.enrol(
      phone(0, {
        deviceName: long,
        serialNumber: 'S-1',
        imei: 12,
        udid: long,
        wiFiMacAddress: 'no address',
        managedDeviceOwnerType: 'borrowed',
        enrolledDateTime: 'yesterday',
        userPrincipalName: 'anna@contoso.com',
      }),
    );
    await world.sync();
    expect(await world.enrolled(0)).toEqual({
      operatingSystem: 'Android',
      osVersion: '17.1',
      serialNumber: 'S-1',
      userPrincipalName: 'anna@contoso.com',
      userId: toGuid(1_000_000),
      groupIds: [],
    });
  });

  it('is counted if it cannot be read at all', async () => {
    world.server.directory.enrol(phone(0));
    world.server.directory.managedDevices.put('a', phone(1, { operatingSystem: null }));
    world.server.directory.managedDevices.put('b', phone(2, { azureADDeviceId: 'a/b' }));
    world.server.directory.managedDevices.put('c', phone(3, { azureADDeviceId: null }));
    world.server.directory.managedDevices.put('d', phone(4, { operatingSystem: 'Windows' }));
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(1);
    expect((await world.enrolmentState())?.document['takenInPart']).toEqual({
      partialDeviceCount: 0,
      unreadableDeviceCount: 2,
      notInEntraDeviceCount: 1,
    });
  });

  it('is enrolled in the next run by a lookup, without reading the list again', async () => {
    world.enrolFleet(15);
    await world.sync();
    const before = { ...world.server.counts };
    world.server.directory.enrol(phone(20));
    expect(await world.sync()).toMatchObject({ enrolled: 1, unenrolled: 0, isComplete: true });
    expect(await world.enrolled(20)).toBeDefined();
    const lists = 'GET deviceManagement/managedDevices 200';
    // One lookup, in a batch.
    expect((world.server.counts[lists] ?? 0) - (before[lists] ?? 0)).toBe(1);
  });

  it('is enrolled only if it is a phone or tablet that Entra knows', async () => {
    world.server.directory.enrol(phone(1, { operatingSystem: 'Windows', osVersion: '10' }));
    world.server.directory.enrol(
      phone(2, { azureADDeviceId: '00000000-0000-0000-0000-000000000000' }),
    );
    world.server.directory.enrol(phone(3, { operatingSystem: 'AndroidEnterprise' }));
    world.server.directory.enrol(phone(4, { operatingSystem: 'iPadOS' }));
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(2);
    expect((await world.enrolled(3))?.operatingSystem).toBe('Android');
    expect((await world.enrolled(4))?.operatingSystem).toBe('iPadOS');
  });

  it('has the properties of its latest enrolment if Intune has several', async () => {
    const { directory } = world.server;
    directory.enrol(phone(0, { enrolledDateTime: '2026-02-01T00:00:00Z', osVersion: '18.0' }));
    // The older ones are on other pages, one before and one after the newest.
    for (let index = 1; index < 40; index += 1) directory.enrol(phone(index));
    for (const id of ['0', 'z'])
      directory.managedDevices.put(
        id,
        phone(0, { enrolledDateTime: '2025-01-01T00:00:00Z', osVersion: '12.0' }),
      );
    await world.sync();
    world.waitHours(25);
    await world.sync();
    expect((await world.enrolled(0))?.osVersion).toBe('18.0');
  });

  it('is enrolled although its record cannot be read, and the record is kept in the audit log', async () => {
    world.enrolFleet(12);
    await world.sync();
    await corrupt(toGuid(3));
    for (const index of [3, 4]) world.server.directory.enrol(phone(index, { osVersion: '18.0' }));
    expect(await world.sync()).toMatchObject({ enrolled: 2, failed: 0, isComplete: true });
    expect([
      (await world.enrolled(3))?.osVersion,
      (await world.enrolled(4))?.osVersion,
      await world.answerFor(toGuid(3), new Date().toISOString()),
    ]).toEqual(['18.0', '18.0', 'noncompliant']);
    const { items } = await world.services.audit.list(1, undefined);
    expect(items).toMatchObject([
      { resourceId: toGuid(3), before: { document: { record: { device: 'corrupt' } } } },
    ]);
  });
});

describe('the user of a device', () => {
  const stateOf = async (index: number): Promise<readonly string[]> => {
    const stored = await world.services.devices.load(toGuid(index));
    if (stored === undefined) throw new Error('not enrolled');
    const configuration = await world.services.configuration.load();
    const now = new Date().toISOString();
    return evaluateCompliance(stored.record, configuration, now).reasons.map(({ code }) => code);
  };

  it.each([
    ['empty texts', { userPrincipalName: '', userId: '' }],
    ['null', { userPrincipalName: null, userId: null }],
    ['the empty GUID', { userPrincipalName: '', userId: EMPTY_GUID }],
    ['the empty GUID beside the old name', { userId: EMPTY_GUID }],
    ['an empty name beside the old id', { userPrincipalName: '' }],
  ])('is missed once Intune writes %s', async (_, gone) => {
    const known = { userPrincipalName: 'anna@contoso.com', userId: toGuid(1_000_000) };
    world.server.directory.enrol(phone(0, known));
    await world.sync();
    expect(await stateOf(0)).not.toContain('enrolledUserMissing');
    world.server.directory.enrol(phone(0, { ...known, ...gone, deviceName: 'Of nobody' }));
    await world.sync();
    expect(await stateOf(0)).toContain('enrolledUserMissing');
    world.server.directory.enrol(phone(0, { ...known, deviceName: 'Of Anna' }));
    await world.sync();
    expect(await stateOf(0)).not.toContain('enrolledUserMissing');
  });

  it.each([
    ['empty texts', { userPrincipalName: '', userId: '' }],
    ['null', { userPrincipalName: null, userId: null }],
    ['the empty GUID', { userPrincipalName: '', userId: EMPTY_GUID }],
  ])('is not missed on a dedicated device, where Intune always writes %s', async (_, none) => {
    world.server.directory.enrol(phone(0, none));
    await world.sync();
    world.server.directory.enrol(phone(0, { ...none, deviceName: 'Kiosk 1' }));
    await world.sync();
    expect(await stateOf(0)).not.toContain('enrolledUserMissing');
  });
});

describe('syncEnrolment', () => {
  it('ignores replayed and repeated pages', async () => {
    world.enrolFleet(15);
    await world.sync();
    world.server.directory.enrol(phone(3, { osVersion: '18.0' }));
    await world.sync();
    world.server.faults.add({ kind: 'replayed', request: 'GET devices/delta' });
    world.server.faults.add({ kind: 'repeatedPage', request: 'GET devices/delta' });
    expect(await world.sync()).toEqual({ enrolled: 0, unenrolled: 0, failed: 0, isComplete: true });
    expect((await world.enrolled(3))?.osVersion).toBe('18.0');
  });

  it('replaces a token that expires during the run', async () => {
    await world.stop();
    world = await startGraphWorld({}, { pageSize: 10, tokenLifetimeInSeconds: 120 });
    world.enrolFleet(30);
    world.server.faults.add({ kind: 'expiredToken', request: 'GET devices/delta', after: 1 });
    world.server.faults.add({
      kind: 'expiredToken',
      request: 'GET deviceManagement/managedDevices',
      after: 2,
    });
    expect(await world.sync()).toMatchObject({ enrolled: 30, isComplete: true });
  });

  it('retries a throttled request exactly when Graph allows it', async () => {
    world.enrolFleet(30);
    world.server.faults.add({
      kind: 'throttled',
      request: 'GET deviceManagement/managedDevices',
      after: 1,
      retryAfterInSeconds: 17,
    });
    expect(await world.sync()).toMatchObject({ enrolled: 30, isComplete: true });
    expect(world.waits).toEqual([17_000]);
  });

  it('retries only the throttled request of a batch', async () => {
    world.enrolFleet(2);
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

  it('continues at the current page after a worker is killed', async () => {
    world.enrolFleet(50);
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
    // 5 pages of the directory, plus one request per run before it can continue.
    expect(world.server.counts['GET devices/delta 200']).toBeLessThanOrEqual(5 + kills + 1);
  });

  it('leaves the rest to the next run if Graph does not answer, and unenrols no device', async () => {
    world.enrolFleet(30);
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

  it('starts again after an expired delta link, with 410 or 400', async () => {
    world.enrolFleet(12);
    await world.sync();
    world.server.directory.remove(toGuid(1));
    world.server.reset();
    expect(await world.sync()).toMatchObject({ unenrolled: 1, isComplete: true });
    const stored = await world.enrolmentState();
    if (stored === undefined) throw new Error('there is no state');
    const old = `${world.server.address}/devices/delta?$deltatoken=of-last-year`;
    await world.services.documents.saveDocument(
      { ...stored.document, deviceLink: old },
      stored.etag,
    );
    world.server.directory.remove(toGuid(2));
    expect(await world.sync()).toMatchObject({ unenrolled: 1, isComplete: true });
  });

  it('reports a missing permission and unenrols no device', async () => {
    world.enrolFleet(12);
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

  it('does not follow a link to another origin and starts again', async () => {
    world.enrolFleet(3);
    const other = createServer((_, response) => response.end('{}'));
    let connections = 0;
    other.on('connection', () => (connections += 1));
    const port = await listeningPort(other);
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

  it('gives the same result for concurrent runs', async () => {
    world.enrolFleet(40);
    await Promise.all([world.sync(), world.sync(), world.sync()]);
    await world.sync();
    expect(await world.services.devices.countManaged()).toBe(40);
  });
});

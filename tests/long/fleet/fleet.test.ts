import { afterAll, beforeAll, expect, it } from 'vitest';
import { managedProperties } from '../../../shared/domain/devices/device.ts';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../support/graphWorld.ts';

const PHONES = 20_000;
const LEAVING = 300;

let world: GraphWorld;
beforeAll(async () => {
  world = await startGraphWorld({}, { pageSize: 500 });
});
afterAll(() => world.stop());

/** Who is on Intune's list, with what changes in this test. */
const onTheServer = (): readonly string[] =>
  world.server.directory.managedDevices
    .list()
    .filter(({ operatingSystem }) => operatingSystem !== 'Windows')
    .map((each) => [each['azureADDeviceId'], each['osVersion'], each['userId']].join(' '))
    .toSorted((left, right) => left.localeCompare(right));

/** Who is enrolled here, with the same. */
const enrolledHere = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  let continuation: string | undefined;
  do {
    const page = await world.services.devices.list({}, 1000, continuation);
    for (const { device } of page.records) {
      const properties = managedProperties(device);
      found.push([device.deviceId, properties?.osVersion, properties?.userId].join(' '));
    }
    ({ continuation } = page);
  } while (continuation !== undefined);
  return found.toSorted((left, right) => left.localeCompare(right));
};

it(
  'ends equal to the server’s list: 20,000 devices, pages lost, repeated and empty, and a 410',
  { timeout: 900_000 },
  async () => {
    const { directory, faults } = world.server;
    const list = 'GET deviceManagement/managedDevices';
    for (let index = 0; index < PHONES; index += 1) directory.enrol(phone(index));
    for (let index = PHONES; index < PHONES + 1000; index += 1)
      directory.enrol(phone(index, { operatingSystem: 'Windows' }));
    faults.add({ kind: 'lost', request: 'GET devices/delta', after: 7 });
    faults.add({ kind: 'lost', request: list, after: 11 });
    faults.add({ kind: 'lost', request: list, after: 60 });
    faults.add({ kind: 'repeatedPage', request: 'GET devices/delta', after: 20 });
    faults.add({ kind: 'emptyPage', request: list, after: 30 });
    faults.add({ kind: 'throttled', request: list, after: 33, retryAfterInSeconds: 5 });
    expect(await world.sync()).toMatchObject({ enrolled: PHONES, failed: 0, isComplete: true });
    expect(await enrolledHere()).toEqual(onTheServer());

    for (let index = 0; index < LEAVING; index += 1) directory.retire(toGuid(index));
    for (let index = LEAVING; index < LEAVING * 2; index += 1) directory.remove(toGuid(index));
    for (let index = 1000; index < 1500; index += 1)
      directory.enrol(phone(index, { osVersion: '18.0' }));
    for (let index = 30_000; index < 30_200; index += 1) directory.enrol(phone(index));
    faults.add({ kind: 'lost', request: 'GET devices/delta', after: 1 });
    expect(await world.sync()).toEqual({
      enrolled: 700,
      unenrolled: LEAVING * 2,
      failed: 0,
      isComplete: true,
    });
    expect(await enrolledHere()).toEqual(onTheServer());

    for (let index = 2000; index < 2100; index += 1) directory.remove(toGuid(index));
    for (let index = 30_200; index < 30_300; index += 1) directory.enrol(phone(index));
    world.server.reset();
    expect(await world.sync()).toMatchObject({ enrolled: 100, unenrolled: 100, failed: 0 });
    expect(await enrolledHere()).toEqual(onTheServer());
    expect(onTheServer()).toHaveLength(PHONES - LEAVING * 2 + 200);
  },
);

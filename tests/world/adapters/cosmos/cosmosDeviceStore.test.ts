import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import type { DeviceStore } from '../../../../shared/core/ports/devices.ts';
import { createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { healthySignals } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const enrol = (devices: DeviceStore, deviceId: string, serialNumber: string): Promise<void> =>
  devices.saveIdentifiers(deviceId, { operatingSystem: 'iOS', osVersion: '18', serialNumber });
const find = (serialNumber: string): Promise<readonly string[]> =>
  world.services.devices.findDeviceIds('serialNumber', serialNumber);

it('finds at most ten devices that were enrolled with an identifier, newest first', async () => {
  const serialNumber = randomUUID();
  const ids = Array.from({ length: 12 }, (_, at) => `device-${String(at)}`);
  for (const id of ids) await enrol(world.services.devices, id, serialNumber);
  expect(await find(serialNumber)).toEqual(ids.toReversed().slice(0, 10));
  await enrol(world.services.devices, 'device-5', serialNumber);
  const [first, ...others] = await find(serialNumber);
  expect([first, others.includes('device-5'), others.length]).toEqual(['device-5', false, 9]);
});

it('loses no device if several are enrolled with one identifier at once', async () => {
  const serialNumber = randomUUID();
  const workers = [world.services, world.anotherWorker(), world.anotherWorker()];
  await Promise.all(
    workers.map(({ devices }, at) => enrol(devices, `device-${String(at)}`, serialNumber)),
  );
  expect((await find(serialNumber)).toSorted()).toEqual(['device-0', 'device-1', 'device-2']);
});

it('reads the older format, which stored only the newest device', async () => {
  const serialNumber = randomUUID();
  await world.database
    .container(DEVICES_CONTAINER.id)
    .items.create({ id: 'alias', deviceId: `serialNumber:${serialNumber}`, aliasOf: 'old' });
  expect(await find(serialNumber)).toEqual(['old']);
  await enrol(world.services.devices, 'new', serialNumber);
  expect(await find(serialNumber)).toEqual(['new', 'old']);
});

it('checks for a minimum fleet size without counting the whole fleet', async () => {
  const container = world.database.container(DEVICES_CONTAINER.id);
  const isManaged = Array.from({ length: 2500 }, (_, at) => at % 5 !== 0);
  await container.items.executeBulkOperations(
    isManaged.map((managed, at) => ({
      operationType: 'Create',
      partitionKey: `fleet-${String(at)}`,
      resourceBody: {
        id: `fleet-${String(at)}`,
        deviceId: `fleet-${String(at)}`,
        isManaged: managed,
      },
    })),
  );
  const pagesOf = async (count: number): Promise<readonly [boolean, number]> => {
    const pages = (): number => world.cosmos.counters()['devices/query']?.count ?? 0;
    const before = pages();
    return [await world.services.devices.hasManaged(count), pages() - before];
  };
  const [few, many] = [await pagesOf(10), await pagesOf(2000)];
  expect([few[0], many[0], (await pagesOf(2001))[0]]).toEqual([true, true, false]);
  expect(few[1]).toBeLessThan(many[1]);
});

describe('a device whose id is a GUID', () => {
  const inCapitals = async (deviceId: string): Promise<void> => {
    const device = { ...createDevice(deviceId), deviceId: deviceId.toUpperCase() };
    const [, ...reports] = healthySignals(deviceId);
    const record = { ...createDeviceRecord(deviceId), device: mergeSignals(device, reports) };
    await world.services.devices.save(record, undefined);
  };
  const reads = (): number => world.cosmos.counters()['devices/read']?.count ?? 0;

  it('is looked for under an older spelling once a minute while it is not known', async () => {
    const { devices } = world.services;
    const deviceId = randomUUID();
    const before = reads();
    expect(await devices.load(deviceId)).toBeUndefined();
    expect(reads() - before).toBe(2);
    expect(await devices.load(deviceId)).toBeUndefined();
    expect(reads() - before).toBe(3);
    await inCapitals(deviceId);
    expect((await devices.load(deviceId, 'toChange'))?.record.device.deviceId).toBe(
      deviceId.toUpperCase(),
    );
    expect(await world.anotherWorker().devices.load(deviceId)).toBeDefined();
  });

  it('gets the reports of an older spelling before it is changed, and costs one read otherwise', async () => {
    const { devices } = world.services;
    const deviceId = randomUUID();
    await inCapitals(deviceId);
    const [enrolment] = healthySignals(deviceId);
    const device = mergeSignals(createDevice(deviceId), enrolment === undefined ? [] : [enrolment]);
    await devices.save({ ...createDeviceRecord(deviceId), device }, undefined);
    const before = reads();
    expect((await devices.load(deviceId))?.record.device).toEqual(device);
    expect(reads() - before).toBe(1);
    const changed = await devices.load(deviceId, 'toChange');
    expect(changed?.record.device).toMatchObject({ deviceId, enrolment: device.enrolment });
    expect(changed?.record.device.verdict).toBeDefined();
    await devices.save(changed?.record ?? createDeviceRecord(deviceId), changed?.etag);
    const after = reads();
    expect((await devices.load(deviceId, 'toChange'))?.record.device).toEqual(
      changed?.record.device,
    );
    expect(reads() - after).toBe(1);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCosmosDeviceStore } from '../../../../shared/adapters/cosmos/cosmosDeviceStore.ts';
import {
  advanceRecord,
  createDeviceRecord,
  type DeviceRecord,
} from '../../../../shared/domain/deviceRecord.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { BEFORE, given } from '../../../support/given.ts';
import { healthySignals, NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

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

it('reads one device at most twenty times a second for answers, and at once after a write', async () => {
  const store = createCosmosDeviceStore(world.database, {
    now: () => new Date(NOW),
    random: () => 0,
    pause: () => Promise.resolve(),
  });
  const recordOf = (at: string): DeviceRecord => {
    const signals = healthySignals('busy', at);
    return advanceRecord(createDeviceRecord('busy'), signals, given(), at);
  };
  const saved = await store.save(recordOf(BEFORE), undefined);
  const reads = (): number => world.cosmos.counters()['devices/read']?.count ?? 0;
  const before = reads();
  const answers = await Promise.all(Array.from({ length: 100 }, () => store.loadForAnswer('busy')));
  expect(reads() - before).toBe(20);
  expect(new Set(answers.map((found) => found?.record.device.lastSeenDateTime))).toEqual(
    new Set([BEFORE]),
  );
  if (saved === 'conflict') throw new TypeError('nothing else writes this device');
  await store.save(recordOf(NOW), saved.etag);
  expect((await store.loadForAnswer('busy'))?.record.device.lastSeenDateTime).toBe(NOW);
});

it('salvages a record that cannot be read and has the older spelling of a GUID', async () => {
  const { devices } = world.services;
  const deviceId = randomUUID();
  const id = deviceId.toUpperCase();
  const container = world.database.container(DEVICES_CONTAINER.id);
  await container.items.create({ id, deviceId: id, record: { device: 'corrupt' } });
  await expect(devices.load(deviceId, 'toChange')).rejects.toMatchObject({
    code: 'deviceRecordInvalid',
  });
  const salvaged = await devices.salvage(deviceId);
  expect(salvaged).toMatchObject({ kept: 'nothing', record: { device: { deviceId: id } } });
  if (salvaged === undefined) throw new TypeError('nothing was salvaged');
  const [enrolment] = healthySignals(deviceId);
  const device = mergeSignals(salvaged.record.device, enrolment === undefined ? [] : [enrolment]);
  const record = { ...salvaged.record, device };
  expect(await devices.save(record, salvaged.etag)).not.toBe('conflict');
  expect((await devices.load(deviceId, 'toChange'))?.record.device.enrolment).toBeDefined();
});

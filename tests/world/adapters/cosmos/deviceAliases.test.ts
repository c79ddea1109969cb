import { randomUUID } from 'node:crypto';
import type { Container } from '@azure/cosmos';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import type { DeviceStore, SharingDevices } from '../../../../shared/core/ports/devices.ts';
import { NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const container = (): Container => world.database.container(DEVICES_CONTAINER.id);
const enrol = (devices: DeviceStore, deviceId: string, serialNumber: string): Promise<void> =>
  devices.saveIdentifiers(deviceId, { serialNumber });
const findAll = (serialNumber: string): Promise<SharingDevices> =>
  world.services.devices.findDeviceIds('serialNumber', serialNumber);
const find = async (serialNumber: string): Promise<readonly string[]> =>
  (await findAll(serialNumber)).deviceIds;
const idsOf = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at)}`);

it('lists the devices that were enrolled with an identifier, newest first', async () => {
  const serialNumber = randomUUID();
  const ids = idsOf(12, 'device');
  for (const id of ids) await enrol(world.services.devices, id, serialNumber);
  expect(await findAll(serialNumber)).toEqual({ deviceIds: ids.toReversed(), hasMore: false });
  await enrol(world.services.devices, 'device-5', serialNumber);
  expect(await find(serialNumber)).toEqual([
    'device-5',
    ...ids.toReversed().filter((id) => id !== 'device-5'),
  ]);
});

it('says that a list is over its bound, and writes it no more', async () => {
  const serialNumber = randomUUID();
  await Promise.all(
    idsOf(120, 'many').map((id) => enrol(world.services.devices, id, serialNumber)),
  );
  expect(await findAll(serialNumber)).toMatchObject({ hasMore: true });
  const writes = (): number => world.cosmos.counters()['devices/replace']?.count ?? 0;
  const before = writes();
  await Promise.all(idsOf(50, 'more').map((id) => enrol(world.services.devices, id, serialNumber)));
  expect(writes()).toBe(before);
  expect(await findAll(serialNumber)).toMatchObject({ hasMore: true });
});

it('writes a list a few times if a whole fleet is enrolled with one identifier at once', async () => {
  const serialNumber = randomUUID();
  const requests = (): number =>
    ['read', 'create', 'replace']
      .map((operation) => world.cosmos.counters()[`devices/${operation}`]?.count ?? 0)
      .reduce((sum, count) => sum + count);
  const before = requests();
  await Promise.all(idsOf(80, 'one').map((id) => enrol(world.services.devices, id, serialNumber)));
  expect(requests() - before).toBeLessThan(8);
  expect((await find(serialNumber)).length).toBe(80);
});

it('forgets devices that have gone, and never the one that is left, if a list is full', async () => {
  const serialNumber = randomUUID();
  const properties = { operatingSystem: 'iOS', osVersion: '18', serialNumber } as const;
  await enrol(world.services.devices, 'left', serialNumber);
  await world.recompute([signalOf({ type: 'enrolled', properties }, NOW, 'left')]);
  const others = idsOf(130, 'gone');
  await world.recompute(others.map((id) => signalOf({ type: 'unenrolled' }, NOW, id)));
  for (const id of others) await enrol(world.services.devices, id, serialNumber);
  const { deviceIds, hasMore } = await findAll(serialNumber);
  expect([deviceIds.includes('left'), hasMore]).toEqual([true, false]);
});

it('keeps devices without a record in a full list, since their enrolment may be under way', async () => {
  const serialNumber = randomUUID();
  for (const id of idsOf(101, 'new')) await enrol(world.services.devices, id, serialNumber);
  expect(await findAll(serialNumber)).toMatchObject({ hasMore: true });
});

it.each([
  ['02:00:00:00:00:00', 'wiFiMacAddress'],
  ['0123456789ABCDEF', 'serialNumber'],
  ['unknown', 'serialNumber'],
  ['000000000000000', 'imei'],
] as const)('lists no device under the placeholder %s', async (value, identifier) => {
  const properties = { [identifier]: value };
  await world.services.devices.saveIdentifiers('placeholder', properties);
  expect(await world.services.devices.findDeviceIds(identifier, value)).toMatchObject({
    deviceIds: [],
  });
});

it('takes a full list of an older release for one that may have lost devices', async () => {
  const [nine, ten] = [randomUUID(), randomUUID()];
  for (const [serialNumber, count] of [
    [nine, 9],
    [ten, 10],
  ] as const)
    await container().items.create({
      id: 'alias',
      deviceId: `serialNumber:${serialNumber}`,
      deviceIds: idsOf(count, 'old'),
    });
  expect(await findAll(nine)).toEqual({ deviceIds: idsOf(9, 'old'), hasMore: false });
  expect(await findAll(ten)).toMatchObject({ hasMore: true });
});

it('writes what an older release reads: `deviceIds`, newest first', async () => {
  const serialNumber = randomUUID();
  for (const id of ['first', 'second']) await enrol(world.services.devices, id, serialNumber);
  const { resource } = await container()
    .item('alias', `serialNumber:${serialNumber}`)
    .read<{ readonly deviceIds: readonly string[] }>();
  expect(resource?.deviceIds).toEqual(['second', 'first']);
});

it('finds a device that another process has just enrolled', async () => {
  const serialNumber = randomUUID();
  const other = world.anotherWorker();
  await enrol(world.services.devices, 'first', serialNumber);
  expect(await other.devices.findDeviceIds('serialNumber', serialNumber)).toMatchObject({
    deviceIds: ['first'],
  });
  await enrol(world.services.devices, 'second', serialNumber);
  expect(await other.devices.findDeviceIds('serialNumber', serialNumber)).toMatchObject({
    deviceIds: ['second', 'first'],
  });
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
  await container().items.create({
    id: 'alias',
    deviceId: `serialNumber:${serialNumber}`,
    aliasOf: 'old',
  });
  expect(await find(serialNumber)).toEqual(['old']);
  await enrol(world.services.devices, 'new', serialNumber);
  expect(await find(serialNumber)).toEqual(['new', 'old']);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCosmosDeviceStore } from '../../../../shared/adapters/cosmos/cosmosDeviceStore.ts';
import {
  advanceRecord,
  createDeviceRecord,
  type DeviceRecord,
} from '../../../../shared/domain/deviceRecord.ts';
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

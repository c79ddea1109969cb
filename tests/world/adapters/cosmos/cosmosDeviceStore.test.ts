import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
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

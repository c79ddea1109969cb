import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeliveryRecord } from '../../../../shared/core/ports/logs.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const recordOf = (at: number): DeliveryRecord => ({
  id: `delivery-${String(at)}`,
  attemptedDateTime: addSeconds(NOW, at),
  webhookId: `phone:${String(at)}`,
  type: 'mtd.device.changed',
  outcome: at % 2 === 0 ? 'delivered' : 'failed',
  durationInMilliseconds: at,
});

it('lists the delivery attempts of an endpoint page by page, newest first', async () => {
  const { deliveryLog } = world.services;
  const records = [0, 1, 2, 3, 4].map(recordOf);
  for (const record of records) await deliveryLog.record('endpoint', record);
  await deliveryLog.record('endpoint', recordOf(4));
  await deliveryLog.record('other', recordOf(9));
  const found: DeliveryRecord[] = [];
  let continuation: string | undefined;
  do {
    const page = await deliveryLog.list('endpoint', 2, continuation);
    expect(page.items.length).toBeLessThanOrEqual(2);
    found.push(...page.items);
    ({ continuation } = page);
  } while (continuation !== undefined);
  expect(found).toEqual(records.toReversed());
});

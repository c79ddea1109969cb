import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const lists: Readonly<Record<string, (continuation: string) => Promise<unknown>>> = {
  'the enrolled devices': (from) => world.services.devices.list({}, 1, from),
  'the devices of a user': (from) =>
    world.services.devices.list({ userPrincipalName: 'ada' }, 1, from),
  'the audit log': (from) => world.services.audit.list(1, from),
  'the deliveries to an endpoint': (from) => world.services.deliveryLog.list('endpoint', 1, from),
};

describe('a continuation that Cosmos DB rejects', () => {
  it.each(Object.keys(lists))('is the fault of the request: %s', async (name) => {
    for (const made of ['made up', '{}', '[]', '{"token":"x","range":{"min":"","max":"FF"}}'])
      await expect(lists[name]?.(made)).rejects.toMatchObject({
        code: 'invalidRequest',
        details: [{ path: '$skiptoken' }],
      });
  });
});

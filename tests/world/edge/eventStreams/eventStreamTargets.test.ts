import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEventStreamTargets } from '../../../../shared/edge/eventStreams/eventStreamTargets.ts';
import { NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

it('lists an unreadable stream as paused, omits a disabled one, and throws a failure', async () => {
  const { list, forget } = createEventStreamTargets({
    ...world.services,
    ssf: { issuer: 'https://mtd.example', signingKeys: [privateKey] },
    cacheInSeconds: 60,
  });
  const container = world.database.container('configuration');
  const stream = {
    kind: 'eventStream',
    ownerId: 'receiver',
    aud: 'receiver',
    events_requested: [],
    delivery: { method: 'urn:ietf:rfc:8936' },
    createdDateTime: NOW,
  };
  await container.items.create({ ...stream, id: 'good', status: 'enabled' });
  await container.items.create({ ...stream, id: 'paused', status: 'paused' });
  await container.items.create({ ...stream, id: 'off', status: 'disabled' });
  await container.items.create({ ...stream, id: 'corrupt', status: 'asleep' });
  const shown = (await list()).map(({ id, isPaused }) => `${id} ${isPaused ? 'paused' : 'open'}`);
  expect(shown.toSorted()).toEqual([
    'eventStream:corrupt paused',
    'eventStream:good open',
    'eventStream:paused paused',
  ]);
  forget();
  // A failing database must not look like an empty list.
  world.cosmos.faults.add({ kind: 'status', status: 503 });
  await expect(list()).rejects.toMatchObject({ code: 'serviceNotAvailable' });
});

it('lists no stream and no webhook if none is configured', async () => {
  world.cosmos.faults.clear();
  expect(await world.services.listTargets()).toEqual([]);
});

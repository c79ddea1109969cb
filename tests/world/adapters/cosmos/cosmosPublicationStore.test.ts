import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPublication,
  type Publication,
} from '../../../../shared/domain/announcements/publication.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
import { NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const behindUntil = (deviceId: string, dueDateTime: string): Publication => ({
  ...createPublication(deviceId),
  nextSequence: 2,
  behind: {
    a: { sequence: 1, attempt: 1, notedDateTime: NOW, dueDateTime, code: 'unreachable' },
  },
  skipped: [7],
  announcements: [transitionOf(1, { deviceId })],
});

async function idsOf(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of pages) ids.push(...page);
  return ids.toSorted();
}

describe('a publication', () => {
  it('is stored as written, and only by a writer with the latest ETag', async () => {
    const store = world.services.publications;
    expect(await store.loadPublication('kept')).toBeUndefined();
    const first = behindUntil('kept', NOW);
    expect(await store.savePublication(first, undefined)).toBe('saved');
    expect(await store.savePublication(first, undefined)).toBe('conflict');
    const stored = await store.loadPublication('kept');
    expect(stored?.publication).toEqual(first);
    const next = { ...first, nextSequence: 3 };
    expect(await store.savePublication(next, stored?.etag)).toBe('saved');
    expect(await store.savePublication(first, stored?.etag)).toBe('conflict');
    expect((await store.loadPublication('kept'))?.publication).toEqual(next);
  });

  it('is found as due or as waiting', async () => {
    const store = world.services.publications;
    await store.savePublication(behindUntil('due', '2026-01-02T00:00:00.000Z'), undefined);
    await store.savePublication(behindUntil('later', '2026-01-04T00:00:00.000Z'), undefined);
    await store.savePublication(createPublication('done'), undefined);
    const now = '2026-01-03T00:00:00.000Z';
    expect(await idsOf(store.findDuePublications(now))).toEqual(['due', 'kept']);
    expect(await idsOf(store.findWaitingPublications(now))).toEqual(['later']);
  });

  it('is never listed as a device, whatever the device id', async () => {
    const { publications, devices } = world.services;
    await publications.savePublication(createPublication('publication:x'), undefined);
    await publications.savePublication(createPublication('x'), undefined);
    expect(await devices.load('publication:x')).toBeUndefined();
    expect(await devices.listManagedIds('', 100)).toEqual([]);
    expect(await devices.countManaged()).toBe(0);
  });

  it('that is unreadable causes an error that names the field', async () => {
    const container = world.database.container('devices');
    await container.items.create({
      id: 'publication:corrupt',
      deviceId: 'corrupt',
      publication: { ...createPublication('corrupt'), nextSequence: 'one' },
    });
    await expect(world.services.publications.loadPublication('corrupt')).rejects.toMatchObject({
      code: 'deviceRecordInvalid',
      message: expect.stringContaining('/nextSequence') as string,
    });
  });
});

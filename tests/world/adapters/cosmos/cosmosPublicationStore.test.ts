import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPublication,
  type Publication,
} from '../../../../shared/domain/announcements/publication.ts';
import { transitionOf } from '../../../support/announcements.ts';
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

describe('what has been told of a device', () => {
  it('is kept as it was written, and by whoever read it last alone', async () => {
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

  it('is found when it is due, and apart from that when it waits', async () => {
    const store = world.services.publications;
    await store.savePublication(behindUntil('due', '2026-01-02T00:00:00.000Z'), undefined);
    await store.savePublication(behindUntil('later', '2026-01-04T00:00:00.000Z'), undefined);
    await store.savePublication(createPublication('done'), undefined);
    const now = '2026-01-03T00:00:00.000Z';
    expect(await idsOf(store.findDuePublications(now))).toEqual(['due', 'kept']);
    expect(await idsOf(store.findWaitingPublications(now))).toEqual(['later']);
  });

  it('is no device to the lists, whatever the device is called', async () => {
    const { publications, devices } = world.services;
    await publications.savePublication(createPublication('publication:x'), undefined);
    await publications.savePublication(createPublication('x'), undefined);
    expect(await devices.load('publication:x')).toBeUndefined();
    expect(await devices.listManagedIds('', 100)).toEqual([]);
    expect(await devices.countManaged()).toBe(0);
  });

  it('that cannot be read is a fault that names the field', async () => {
    const container = world.database.container('devices');
    await container.items.create({
      id: 'publication:spoilt',
      deviceId: 'spoilt',
      publication: { ...createPublication('spoilt'), nextSequence: 'one' },
    });
    await expect(world.services.publications.loadPublication('spoilt')).rejects.toMatchObject({
      code: 'deviceRecordInvalid',
      message: expect.stringContaining('/nextSequence') as string,
    });
  });
});

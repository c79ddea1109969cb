import { afterAll, beforeAll, expect, it } from 'vitest';
import { NO_PROGRESS } from '../../../../shared/core/ports/eventSources.ts';
import { NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

it('saves the progress of a source only in place of the version that was read', async () => {
  const { sourceProgress } = world.services;
  expect(await sourceProgress.load('ses')).toEqual({ progress: NO_PROGRESS, etag: undefined });
  const first = { ...NO_PROGRESS, checkpoint: { next: 'a' }, lastSuccessDateTime: NOW };
  const saved = await sourceProgress.save('ses', first, undefined);
  expect(await sourceProgress.save('ses', NO_PROGRESS, undefined)).toBe('conflict');
  const stored = await sourceProgress.load('ses');
  expect(stored).toEqual({ progress: first, etag: saved === 'conflict' ? '' : saved.etag });
  expect(await sourceProgress.save('ses', NO_PROGRESS, stored.etag)).not.toBe('conflict');
  expect(await sourceProgress.save('ses', first, stored.etag)).toBe('conflict');
});

it('is no part of the configuration, and can be forgotten twice', async () => {
  const { sourceProgress, documents } = world.services;
  await sourceProgress.save('other', NO_PROGRESS, undefined);
  const stored = await documents.listDocuments();
  expect(stored.map(({ document }) => document.id)).not.toContain('other');
  await sourceProgress.remove('other');
  await sourceProgress.remove('other');
  expect((await sourceProgress.load('other')).etag).toBeUndefined();
});

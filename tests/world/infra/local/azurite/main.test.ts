import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startChildPart, type ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import { BlobServiceClient } from '@azure/storage-blob';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtd-azurite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (): Promise<ChildPart> =>
  startChildPart({
    name: 'azurite',
    entry: resolve(import.meta.dirname, '../../../../../infra/local/azurite/main.ts'),
    environment: { AZURITE_LOCATION: folder },
    logFile: join(folder, 'azurite.log'),
  });

it('ends by itself when it is asked to, and has kept what it was given', async () => {
  const first = await start();
  const containerOf = (part: ChildPart): ReturnType<BlobServiceClient['getContainerClient']> =>
    BlobServiceClient.fromConnectionString(part.address).getContainerClient('kept');
  await containerOf(first).create();
  await first.stop(60_000);
  expect(first.process.exitCode).toBe(0);
  const second = await start();
  expect(await containerOf(second).exists()).toBe(true);
  await second.stop(60_000);
});

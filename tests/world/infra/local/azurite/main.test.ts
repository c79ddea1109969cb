import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startChildPart, type ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import { BlobServiceClient } from '@azure/storage-blob';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const start = (folder: string): Promise<ChildPart> =>
  startChildPart({
    name: 'azurite',
    entry: resolve(import.meta.dirname, '../../../../../infra/local/azurite/main.ts'),
    environment: { AZURITE_LOCATION: folder },
    logFile: join(folder, 'azurite.log'),
  });

it('stops cleanly on request and keeps its data', async () => {
  const folder = temporaryFolder('azurite');
  const first = await start(folder);
  const containerOf = (part: ChildPart): ReturnType<BlobServiceClient['getContainerClient']> =>
    BlobServiceClient.fromConnectionString(part.address).getContainerClient('kept');
  await containerOf(first).create();
  await first.stop(60_000);
  expect(first.process.exitCode).toBe(0);
  const second = await start(folder);
  expect(await containerOf(second).exists()).toBe(true);
  await second.stop(60_000);
});

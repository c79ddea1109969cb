import { BlobServiceClient } from '@azure/storage-blob';
import type { Stack } from '../../infra/local/stack/startStack.ts';
import { SIZE } from './size.ts';

/** The blobs in which a Functions host stores the leases of its timers. */
const LEASES = { container: 'azure-webjobs-hosts', prefix: 'locks/' };

/**
 * Kills the worker and resolves when its successor is ready. The leases of its timers last 15 seconds longer, which only
 * the full size waits for.
 */
export async function killWorker(stack: Stack): Promise<void> {
  const restarted = stack.killWorker();
  if (!SIZE.waitsForLeases) await breakLeases(stack.description.storage);
  await restarted;
}

async function breakLeases(storage: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(
    LEASES.container,
  );
  for await (const { name, properties } of container.listBlobsFlat({ prefix: LEASES.prefix }))
    if (properties.leaseState === 'leased')
      await container.getBlobClient(name).getBlobLeaseClient().breakLease(0);
}

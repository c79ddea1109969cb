import { BlobServiceClient, type BlobLeaseClient } from '@azure/storage-blob';
import type { HostLog } from './hostLog.ts';

/** The real host keeps its locks here, one blob a function. */
const CONTAINER = 'azure-webjobs-hosts';
const LEASE_IN_SECONDS = 15;
const RENEWAL_IN_MILLISECONDS = 5000;

/** The right to be the one host that runs a timer. */
export interface SingletonLease {
  isHeld(): boolean;
  /** Gives the lease back, so that another host need not wait for its end. */
  stop(): Promise<void>;
}

/**
 * Takes the lease of a function as soon as it is free, and keeps it. Held means held until the lease's end by our own
 * clock: a host that cannot renew stops before another can begin.
 */
export function keepSingletonLease(
  storage: string,
  hostId: string,
  functionName: string,
  log: HostLog,
): SingletonLease {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(CONTAINER);
  const blob = container.getBlockBlobClient(`locks/${hostId}/${functionName}.Listener`);
  let lease: BlobLeaseClient | undefined;
  let heldUntil = 0;
  let isStopping = false;

  const acquire = async (): Promise<void> => {
    await container.createIfNotExists();
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }).catch(ignoreStatus(409, 412));
    const candidate = blob.getBlobLeaseClient();
    const from = Date.now();
    await candidate.acquireLease(LEASE_IN_SECONDS);
    lease = candidate;
    heldUntil = from + LEASE_IN_SECONDS * 1000;
  };

  const renew = async (held: BlobLeaseClient): Promise<void> => {
    const from = Date.now();
    await held.renewLease();
    heldUntil = from + LEASE_IN_SECONDS * 1000;
  };

  const keep = async (): Promise<void> => {
    try {
      await (lease === undefined ? acquire() : renew(lease));
    } catch (error) {
      if (!isStatus(error, 409))
        log('warning', `the lease of \`${functionName}\`: ${String(error)}`);
      lease = undefined;
    }
  };

  let pending = keep();
  const timer = setInterval(() => {
    if (!isStopping) pending = pending.then(keep);
  }, RENEWAL_IN_MILLISECONDS);
  return {
    isHeld: () => lease !== undefined && Date.now() < heldUntil,
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await pending;
      await lease?.releaseLease().catch((error: unknown) => log('warning', String(error)));
      lease = undefined;
    },
  };
}

function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return (
    error instanceof Error && 'statusCode' in error && statuses.includes(Number(error.statusCode))
  );
}

function ignoreStatus(...statuses: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!isStatus(error, ...statuses)) throw error;
  };
}

import {
  BlobServiceClient,
  type BlobLeaseClient,
  type BlockBlobClient,
  type ContainerClient,
} from '@azure/storage-blob';
import type { HostLog } from './hostLog.ts';

/** The container for locks in the real host too: one blob per function. */
const CONTAINER = 'azure-webjobs-hosts';
const LEASE_IN_SECONDS = 15;
const RENEWAL_IN_MILLISECONDS = 5000;

/** The exclusive right of one host to run a timer. */
export interface SingletonLease {
  isHeld(): boolean;
  /** Releases the lease, so another host need not wait until it expires. */
  stop(): Promise<void>;
}

/**
 * Acquires the lease of a function as soon as it is free, and renews it. `isHeld` is false once the lease has expired
 * by our own clock, so a host that cannot renew stops before another host can start.
 */
export function keepSingletonLease(
  storage: string,
  hostId: string,
  functionName: string,
  log: HostLog,
): SingletonLease {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(CONTAINER);
  const blob = container.getBlockBlobClient(`locks/${hostId}/${functionName}.Listener`);
  return new LeaseKeeper(container, blob, (error) =>
    log('warning', `the lease of \`${functionName}\` failed: ${String(error)}`),
  );
}

class LeaseKeeper implements SingletonLease {
  private readonly container: ContainerClient;
  private readonly blob: BlockBlobClient;
  private readonly onError: (error: unknown) => void;
  private readonly timer: NodeJS.Timeout;
  private lease: BlobLeaseClient | undefined;
  private heldUntil = 0;
  private isStopping = false;
  private pending: Promise<void>;

  constructor(
    container: ContainerClient,
    blob: BlockBlobClient,
    onError: (error: unknown) => void,
  ) {
    this.container = container;
    this.blob = blob;
    this.onError = onError;
    this.pending = this.keep();
    this.timer = setInterval(() => {
      if (!this.isStopping) this.pending = this.pending.then(() => this.keep());
    }, RENEWAL_IN_MILLISECONDS);
  }

  isHeld(): boolean {
    return this.lease !== undefined && Date.now() < this.heldUntil;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.pending;
    await this.lease?.releaseLease().catch(this.onError);
    this.lease = undefined;
  }

  /** Acquires or renews the lease. */
  private async keep(): Promise<void> {
    try {
      await (this.lease === undefined ? this.acquire() : this.renew(this.lease));
    } catch (error) {
      // 409: another host holds the lease.
      if (!isStatus(error, 409)) this.onError(error);
      this.lease = undefined;
    }
  }

  private async acquire(): Promise<void> {
    await this.container.createIfNotExists();
    const conditions = { ifNoneMatch: '*' };
    await this.blob.upload('', 0, { conditions }).catch(ignoreStatus(409, 412));
    const lease = this.blob.getBlobLeaseClient();
    const from = Date.now();
    await lease.acquireLease(LEASE_IN_SECONDS);
    this.lease = lease;
    this.heldUntil = from + LEASE_IN_SECONDS * 1000;
  }

  private async renew(lease: BlobLeaseClient): Promise<void> {
    const from = Date.now();
    await lease.renewLease();
    this.heldUntil = from + LEASE_IN_SECONDS * 1000;
  }
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

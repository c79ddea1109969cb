import { createHash } from 'node:crypto';
import type { Quarantine, QuarantinedRequest, RejectedItem } from '../ports/quarantine.ts';

/** Keeps a request that was not read whole. The name is a hash of the request, so a repeat overwrites the first one. */
export async function storeInQuarantine(
  quarantine: Pick<Quarantine, 'store'>,
  request: Omit<QuarantinedRequest, 'rejected' | 'isAuthentic'>,
  rejected: readonly RejectedItem[],
): Promise<void> {
  const { requestId, body } = request;
  const digest = createHash('sha256').update(requestId).update(body).digest('hex');
  await quarantine.store(`${digest}.json`, { ...request, rejected });
}

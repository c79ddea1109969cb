import type { AccessRequest } from './accessRequest.ts';
import type { DecidedAccess } from './decidedAccess.ts';
import { decideRequests, type DecisionContext, type DecisionServices } from './decideRequests.ts';

/** Decides one request; for the callers whose protocol knows no batches. @throws what `decideRequests` does. */
export async function decideRequest(
  services: DecisionServices,
  request: AccessRequest,
  asking: DecisionContext,
): Promise<DecidedAccess> {
  const [decided] = await decideRequests(services, [request], asking);
  if (decided === undefined) throw new TypeError('a request was not decided');
  return decided;
}

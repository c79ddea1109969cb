import type { AccessRequest } from './accessRequest.ts';
import type { DecidedAccess } from './decidedAccess.ts';
import { decideRequests, type DecisionContext, type DecisionServices } from './decideRequests.ts';

/** Decides one request, for protocols without batches. @throws as `decideRequests`. */
export async function decideRequest(
  services: DecisionServices,
  request: AccessRequest,
  context: DecisionContext,
): Promise<DecidedAccess> {
  const [decided] = await decideRequests(services, [request], context);
  if (decided === undefined) throw new TypeError('a request was not decided');
  return decided;
}

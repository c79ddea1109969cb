import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { requireResource } from '../../shared/core/decisions/accessRequest.ts';
import { decideRequest } from '../../shared/core/decisions/decideRequest.ts';
import { requireRadiusDevice } from '../../shared/edge/callers/freeradius/requireRadiusDevice.ts';
import {
  toRadiusFaultReply,
  toRadiusReply,
} from '../../shared/edge/callers/freeradius/toRadiusReply.ts';
import { requireDecider } from '../../shared/edge/callers/requireDecider.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/** Decides whether FreeRADIUS allows the device on the network (`rlm_rest`, section `authorize`). */
export async function authorizeRadius(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const decider = await requireDecider(request, { tokens: services.tokens, now: at }, 'radius');
  const { name: caller } = decider;
  const { trustedProxies, radiusQuarantineVlan } = services.config;
  const asked = {
    resource: requireResource(request.params['resource']),
    device: requireRadiusDevice(request, caller, trustedProxies),
  };
  decider.requireAllowed([asked.resource]);
  const decided = await decideRequest({ ...services, log }, asked, { caller, at });
  return toRadiusReply(decided, radiusQuarantineVlan);
}

app.http('authorizeRadius', {
  methods: ['GET', 'HEAD'],
  route: 'api/access/radius/{resource}',
  authLevel: 'anonymous',
  handler: onHttp(authorizeRadius, toRadiusFaultReply),
});

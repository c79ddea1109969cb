import { app } from '@azure/functions';
import { requireResource } from '../../shared/core/decisions/accessRequest.ts';
import { decideRequest } from '../../shared/core/decisions/decideRequest.ts';
import {
  requireRadiusDevice,
  toRadiusError,
  toRadiusReply,
} from '../../shared/edge/callers/freeradius/radius.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../shared/edge/http/reply.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';
import { chooseLanguage } from '../../shared/edge/texts/languages.ts';

/** Whether FreeRADIUS may let the device onto the network (`rlm_rest`, section `authorize`). */
export async function authorizeRadius(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = callerName(await requireRole(request, services.tokens, at, 'Access.Decide'));
  const { trustedProxies, radiusQuarantineVlan } = services.config;
  const asked = {
    resource: requireResource(request.params['resource']),
    device: requireRadiusDevice(request, caller, trustedProxies),
  };
  const language = chooseLanguage(null);
  const decided = await decideRequest({ ...services, log }, asked, { caller, at, language });
  return toRadiusReply(decided, radiusQuarantineVlan);
}

app.http('authorizeRadius', {
  methods: ['GET'],
  route: 'api/access/radius/{resource}',
  authLevel: 'anonymous',
  handler: async (request, context) => {
    const answered = await reply(authorizeRadius)(request, context);
    return answered.status < 400 ? answered : toRadiusError(answered);
  },
});

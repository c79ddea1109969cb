import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { toCiscoIseInfo } from '../../shared/edge/callers/nac/toCiscoIseInfo.ts';
import { NAC_ROLES } from '../../shared/edge/callers/nac/nacRoles.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';

/** Returns the supported version of the Cisco ISE API, and the path of its queries. */
export async function getCiscoIseInfo(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, ...NAC_ROLES);
  services.rateLimit.take(callerName(caller), 1, at);
  return toCiscoIseInfo(request, services.config);
}

app.http('getCiscoIseInfo', {
  methods: ['GET', 'HEAD'],
  route: 'api/nac/ciscoise/mdminfo',
  authLevel: 'anonymous',
  handler: onHttp(getCiscoIseInfo),
});

import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { findNacDevices } from '../../shared/edge/callers/nac/findNacDevices.ts';
import { fromNacQuery } from '../../shared/edge/callers/nac/nacQuery.ts';
import {
  requireIntuneNacVersion,
  toIntuneNacAnswer,
} from '../../shared/edge/callers/nac/toIntuneNacAnswer.ts';
import { NAC_ROLES } from '../../shared/edge/callers/nac/nacRoles.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';

/** Answers a network access control as Intune's NAC service does. */
export async function queryNac(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, ...NAC_ROLES);
  requireIntuneNacVersion(request);
  const query = fromNacQuery(request);
  const asking = { caller: callerName(caller), at };
  const page = await findNacDevices({ ...services, log }, query, asking);
  return noStore({ status: 200, jsonBody: toIntuneNacAnswer(query, page) });
}

app.http('queryNac', {
  methods: ['GET', 'HEAD'],
  route: 'api/nac/devices',
  authLevel: 'anonymous',
  handler: onHttp(queryNac),
});

import { app } from '@azure/functions';
import { findNacDevices } from '../shared/access/findNacDevices.ts';
import { requireIntuneNacVersion, toIntuneNacAnswer } from '../shared/access/intuneNac.ts';
import { fromNacQuery } from '../shared/access/nacQuery.ts';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import { callerName, requireRole } from '../shared/http/requireRole.ts';

/** What a network access control asks of Intune's NAC service, and is answered as there (contract C 1.5). */
export async function queryNac(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.Read.All');
  requireIntuneNacVersion(request);
  const query = fromNacQuery(request);
  const asking = { caller: callerName(caller), at };
  const page = await findNacDevices({ ...services, log }, query, asking);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: toIntuneNacAnswer(query, page),
  };
}

app.http('queryNac', {
  methods: ['GET'],
  route: 'api/nac/devices',
  authLevel: 'anonymous',
  handler: reply(queryNac),
});

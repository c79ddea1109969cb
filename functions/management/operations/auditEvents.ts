import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { readPaging, toPage } from '../../../shared/edge/http/paging.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import { onHttp } from '../../../shared/compose.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';

/** Who changed what of the configuration, latest first; Graph `auditEvent`. */
export async function auditEvents(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, ['$top', '$skiptoken']);
  const { top, continuation } = readPaging(request);
  const page = await context.services.audit.list(top, continuation);
  return noStore({ status: 200, jsonBody: toPage(request, page.items, page.continuation) });
}

app.http('auditEvents', {
  methods: ['GET'],
  route: 'api/deviceManagement/auditEvents',
  authLevel: 'anonymous',
  handler: onHttp(auditEvents),
});

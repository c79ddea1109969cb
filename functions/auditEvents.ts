import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { readOptions, requireConfigurationRole } from '../shared/http/manageDocuments.ts';
import { readPaging, toPage } from '../shared/http/paging.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';

/** Who changed what of the configuration, latest first; Graph `auditEvent`. */
export async function auditEvents(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  readOptions(request, ['$top', '$skiptoken']);
  const { top, continuation } = readPaging(request);
  const page = await context.services.audit.list(top, continuation);
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: toPage(request, page.events, page.continuation),
  };
}

app.http('auditEvents', {
  methods: ['GET'],
  route: 'api/deviceManagement/auditEvents',
  authLevel: 'anonymous',
  handler: reply(auditEvents),
});

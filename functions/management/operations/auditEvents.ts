import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import {
  readOptions,
  requireConfigurationRole,
} from '../../../shared/edge/management/manageDocuments.ts';
import { readPaging, toPage } from '../../../shared/edge/http/paging.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';

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

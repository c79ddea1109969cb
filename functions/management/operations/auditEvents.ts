import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { costOfPage } from '../../../shared/edge/http/costOfPage.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { PAGING_OPTIONS, replyWithPage } from '../../../shared/edge/http/paging.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** Lists the changes of the configuration with their actors, newest first (Graph `auditEvent`). */
export async function auditEvents(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: costOfPage(request) });
  rejectUnknownOptions(request, PAGING_OPTIONS);
  return replyWithPage(request, context.services.config, (top, continuation) =>
    context.services.audit.list(top, continuation),
  );
}

app.http('auditEvents', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/auditEvents',
  authLevel: 'anonymous',
  handler: onHttp(auditEvents),
});

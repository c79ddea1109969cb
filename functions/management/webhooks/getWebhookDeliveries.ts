import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { costOfPage } from '../../../shared/edge/http/costOfPage.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { PAGING_OPTIONS, replyWithPage } from '../../../shared/edge/http/paging.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { requireEndpoint } from '../../../shared/edge/webhooks/storedEndpoint.ts';

/** Lists the deliveries to an endpoint in the last week, newest first. */
export async function getWebhookDeliveries(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: costOfPage(request) });
  rejectUnknownOptions(request, PAGING_OPTIONS);
  const { endpoint } = await requireEndpoint(request, context);
  return replyWithPage(request, context.services.config, (top, continuation) =>
    context.services.deliveryLog.list(endpoint.id, top, continuation),
  );
}

app.http('getWebhookDeliveries', {
  methods: ['GET', 'HEAD'],
  route: 'api/webhookEndpoints/{id}/deliveries',
  authLevel: 'anonymous',
  handler: onHttp(getWebhookDeliveries),
});

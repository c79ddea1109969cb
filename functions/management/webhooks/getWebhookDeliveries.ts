import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { readPaging, toPage } from '../../../shared/edge/http/paging.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import { requireEndpoint } from '../../../shared/edge/webhooks/storedEndpoint.ts';
import { onHttp } from '../../../shared/compose.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';

/** What was tried at the endpoint in the last week, latest first. */
export async function getWebhookDeliveries(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, ['$top', '$skiptoken']);
  const { endpoint } = await requireEndpoint(request, context);
  const { top, continuation } = readPaging(request);
  const page = await context.services.deliveryLog.list(endpoint.id, top, continuation);
  return noStore({ status: 200, jsonBody: toPage(request, page.items, page.continuation) });
}

app.http('getWebhookDeliveries', {
  methods: ['GET'],
  route: 'api/webhookEndpoints/{id}/deliveries',
  authLevel: 'anonymous',
  handler: onHttp(getWebhookDeliveries),
});

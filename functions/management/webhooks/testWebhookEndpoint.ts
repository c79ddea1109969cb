import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { sendWebhook } from '../../../shared/edge/webhooks/sendWebhook.ts';
import { requireEndpoint, requireWebhooks } from '../../../shared/edge/webhooks/storedEndpoint.ts';

const TIMEOUT_IN_MILLISECONDS = 15_000;

/** Sends an endpoint an `mtd.test` event, and returns the result of the delivery. */
export async function testWebhookEndpoint(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  await requireConfigurationRole(request, context);
  const webhooks = requireWebhooks(services);
  const { endpoint } = await requireEndpoint(request, context);
  const id = `msg_${randomUUID()}`;
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    source: webhooks.origin,
    type: 'mtd.test',
    time: services.now().toISOString(),
    datacontenttype: 'application/json',
    data: {},
  });
  const { record } = await sendWebhook(
    { ...services, webhooks },
    endpoint,
    { id, type: 'mtd.test', body },
    AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
  );
  return noStore({ status: 200, jsonBody: record });
}

app.http('testWebhookEndpoint', {
  methods: ['POST'],
  route: 'api/webhookEndpoints/{id}/test',
  authLevel: 'anonymous',
  handler: onHttp(testWebhookEndpoint),
});

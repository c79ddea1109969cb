import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';
import { createEndpoint, listEndpoints } from '../../../shared/edge/webhooks/manageEndpoints.ts';

/** Who is told by webhooks. */
export function webhookEndpoints(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  return request.method === 'POST'
    ? createEndpoint(request, context)
    : listEndpoints(request, context);
}

app.http('webhookEndpoints', {
  methods: ['GET', 'POST'],
  route: 'api/webhookEndpoints',
  authLevel: 'anonymous',
  handler: reply(webhookEndpoints),
});

import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';
import {
  deleteEndpoint,
  readEndpoint,
  updateEndpoint,
} from '../../../shared/edge/webhooks/manageEndpoints.ts';

const HANDLERS: Readonly<Record<string, typeof readEndpoint>> = {
  GET: readEndpoint,
  PATCH: updateEndpoint,
  DELETE: deleteEndpoint,
};

/** One of those who are told by webhooks. */
export function webhookEndpoint(request: HttpRequest, context: HandlerContext): Promise<HttpReply> {
  const handle = HANDLERS[request.method] ?? readEndpoint;
  return handle(request, context);
}

app.http('webhookEndpoint', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/webhookEndpoints/{id}',
  authLevel: 'anonymous',
  handler: reply(webhookEndpoint),
});

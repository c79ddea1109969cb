import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';
import {
  removeFromQuarantine,
  readQuarantined,
} from '../../../shared/edge/management/manageQuarantine.ts';

/** One request that was rejected: `GET` it, `DELETE` it. */
export async function quarantinedRequest(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  return request.method === 'GET'
    ? readQuarantined(request, context)
    : removeFromQuarantine(request, context);
}

app.http('quarantinedRequest', {
  methods: ['GET', 'DELETE'],
  route: 'api/quarantine/{name}',
  authLevel: 'anonymous',
  handler: reply(quarantinedRequest),
});

import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';
import {
  readProgress,
  requestReevaluation,
} from '../../../shared/edge/management/requestReevaluation.ts';

/** `GET` how far it has come; `POST` evaluates one device again, or all. */
export async function reevaluation(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  return request.method === 'GET'
    ? readProgress(request, context)
    : requestReevaluation(request, context);
}

app.http('reevaluation', {
  methods: ['GET', 'POST'],
  route: 'api/deviceManagement/reevaluation',
  authLevel: 'anonymous',
  handler: reply(reevaluation),
});

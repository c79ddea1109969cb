import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { answerCiscoIse } from '../../shared/edge/callers/nac/answerCiscoIse.ts';
import { fromNacQuery } from '../../shared/edge/callers/nac/nacQuery.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/** Answers a Cisco ISE about one device, the devices of a user, or all noncompliant devices. */
export async function queryCiscoIse(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  return answerCiscoIse(request, context, () => fromNacQuery(request));
}

app.http('queryCiscoIse', {
  methods: ['GET', 'HEAD'],
  route: 'api/nac/{dialect}/devices',
  authLevel: 'anonymous',
  handler: onHttp(queryCiscoIse),
});

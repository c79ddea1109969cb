import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { decideForProxy } from '../../shared/edge/callers/decideForProxy.ts';
import { toNginxReply } from '../../shared/edge/callers/nginx/toNginxReply.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/** Decides whether nginx allows the request to the resource (`auth_request`). */
export async function authorizeNginx(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  return toNginxReply(await decideForProxy({ ...services, log }, request, 'nginx'));
}

app.http('authorizeNginx', {
  methods: ['GET', 'HEAD'],
  route: 'api/access/nginx/{resource}',
  authLevel: 'anonymous',
  handler: onHttp(authorizeNginx),
});

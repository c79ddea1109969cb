import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { toOpenApiReply } from '../../../shared/edge/openApi/toOpenApiReply.ts';

/** Publishes the API description. It is public, because it contains no data about devices or users. */
export function getOpenApi(request: HttpRequest, { services }: HandlerContext): HttpReply {
  const { publicOrigin = '' } = services.config;
  return toOpenApiReply(`${publicOrigin}/api`, request);
}

app.http('getOpenApi', {
  methods: ['GET', 'HEAD'],
  route: 'api/openapi.json',
  authLevel: 'anonymous',
  handler: onHttp(getOpenApi),
});

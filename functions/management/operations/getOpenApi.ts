import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { toOpenApi } from '../../../shared/edge/openApi/toOpenApi.ts';

/** Publishes the API description. It is public, because it contains no data about devices or users. */
export function getOpenApi({ url }: HttpRequest): HttpReply {
  const server = url.slice(0, url.lastIndexOf('/openapi.json'));
  return {
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    jsonBody: toOpenApi(server),
  };
}

app.http('getOpenApi', {
  methods: ['GET'],
  route: 'api/openapi.json',
  authLevel: 'anonymous',
  handler: onHttp(getOpenApi),
});

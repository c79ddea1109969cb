import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { requireCloudflare } from '../../shared/edge/callers/cloudflare/requireCloudflare.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { toPublicKeysReply } from '../../shared/edge/http/toPublicKeysReply.ts';

/** Publishes the keys with which Cloudflare Access verifies our evaluations. */
export function getCloudflareKeys(_request: HttpRequest, { services }: HandlerContext): HttpReply {
  const { evaluationKeys } = requireCloudflare(services);
  return toPublicKeysReply(evaluationKeys);
}

app.http('getCloudflareKeys', {
  methods: ['GET', 'HEAD'],
  route: 'api/access/cloudflare/keys',
  authLevel: 'anonymous',
  handler: onHttp(getCloudflareKeys),
});

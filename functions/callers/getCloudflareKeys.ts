import { app } from '@azure/functions';
import { requireCloudflare } from '../../shared/edge/callers/cloudflare/cloudflareAccess.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { toPublicKeys } from '../../shared/base/publicKeys.ts';
import { reply, type HandlerContext } from '../../shared/edge/http/reply.ts';

/** The public keys by which Cloudflare Access checks our evaluations; open to everybody, as public keys are. */
export function getCloudflareKeys(
  _request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const { evaluationKeys } = requireCloudflare(services);
  return Promise.resolve({
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    jsonBody: toPublicKeys(evaluationKeys),
  });
}

app.http('getCloudflareKeys', {
  methods: ['GET'],
  route: 'api/access/cloudflare/keys',
  authLevel: 'anonymous',
  handler: reply(getCloudflareKeys),
});

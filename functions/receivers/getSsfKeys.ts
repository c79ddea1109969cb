import { app } from '@azure/functions';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { reply, type HandlerContext } from '../../shared/edge/http/reply.ts';
import { toPublicKeys } from '../../shared/base/publicKeys.ts';
import { requireTransmitter } from '../../shared/edge/eventStreams/requireSsf.ts';

/** The public keys by which receivers check our events: of the one that signs, and of the one that it replaces or will. */
export function getSsfKeys(
  _request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const { signingKeys } = requireTransmitter(services);
  return Promise.resolve({
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    jsonBody: toPublicKeys(signingKeys),
  });
}

app.http('getSsfKeys', {
  methods: ['GET'],
  route: 'api/ssf/jwks.json',
  authLevel: 'anonymous',
  handler: reply(getSsfKeys),
});

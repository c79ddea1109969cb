import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { requireTransmitter } from '../../shared/edge/eventStreams/requireReceiver.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { toPublicKeysReply } from '../../shared/edge/http/toPublicKeysReply.ts';

/** Publishes the keys with which receivers verify our events: the signing key and, during rotation, a second key. */
export function getSsfKeys(_request: HttpRequest, { services }: HandlerContext): HttpReply {
  const { signingKeys } = requireTransmitter(services);
  return toPublicKeysReply(signingKeys);
}

app.http('getSsfKeys', {
  methods: ['GET', 'HEAD'],
  route: 'api/ssf/jwks.json',
  authLevel: 'anonymous',
  handler: onHttp(getSsfKeys),
});

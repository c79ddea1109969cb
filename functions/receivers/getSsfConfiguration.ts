import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import { requireTransmitter } from '../../shared/edge/eventStreams/requireReceiver.ts';
import { toTransmitterMetadata } from '../../shared/edge/eventStreams/transmitterMetadata.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/**
 * Publishes the transmitter's configuration. The path of the issuer follows the well-known part (SSF 1.0 section 7.2).
 */
export function getSsfConfiguration(request: HttpRequest, { services }: HandlerContext): HttpReply {
  const ssf = requireTransmitter(services);
  const path = (request.params['path'] ?? '').replace(/\/$/, '');
  if (path !== new URL(ssf.issuer).pathname.replace(/^\//, ''))
    throw new ConnectorError('itemNotFound', `there is no transmitter \`${path}\``);
  return {
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    jsonBody: toTransmitterMetadata(ssf),
  };
}

app.http('getSsfConfiguration', {
  methods: ['GET', 'HEAD'],
  route: '.well-known/ssf-configuration/{*path}',
  authLevel: 'anonymous',
  handler: onHttp(getSsfConfiguration),
});

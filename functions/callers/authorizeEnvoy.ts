import { app } from '@azure/functions';
import { decideForProxy } from '../../shared/edge/callers/decideForProxy.ts';
import { toEnvoyFaultReply, toEnvoyReply } from '../../shared/edge/callers/envoy/toEnvoyReply.ts';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import { onHttp } from '../../shared/compose.ts';

/** Envoy waits 200 ms unless it is told otherwise; the way to us and back needs the rest. */
const PATIENCE_IN_MILLISECONDS = 150;

/** Whether Envoy may let the request pass to the resource (`ext_authz` over HTTP), in time. */
export async function authorizeEnvoy(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  return Promise.race([
    decideForProxy({ ...services, log }, request).then(toEnvoyReply),
    services.pause(PATIENCE_IN_MILLISECONDS).then(giveUp),
  ]);
}

function giveUp(): never {
  throw new ConnectorError('serviceNotAvailable', 'the decision took longer than Envoy waits');
}

app.http('authorizeEnvoy', {
  // Envoy asks with the method of the request that it holds.
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  route: 'api/access/envoy/{resource}/{*path}',
  authLevel: 'anonymous',
  handler: onHttp(authorizeEnvoy, toEnvoyFaultReply),
});

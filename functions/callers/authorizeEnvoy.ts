import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import { decideForProxy } from '../../shared/edge/callers/decideForProxy.ts';
import { toEnvoyFaultReply, toEnvoyReply } from '../../shared/edge/callers/envoy/toEnvoyReply.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/** Envoy waits 200 ms by default. The network needs the rest. */
const TIMEOUT_IN_MILLISECONDS = 150;

/** Decides whether Envoy allows the request to the resource (`ext_authz` over HTTP), before Envoy's own timeout. */
export async function authorizeEnvoy(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  return Promise.race([
    decideForProxy({ ...services, log }, request, 'envoy').then(toEnvoyReply),
    services.pause(TIMEOUT_IN_MILLISECONDS).then(giveUp),
  ]);
}

function giveUp(): never {
  throw new ConnectorError('serviceNotAvailable', 'the decision took longer than Envoy waits');
}

app.http('authorizeEnvoy', {
  // Envoy asks with the method of the original request.
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  route: 'api/access/envoy/{resource}/{*path}',
  authLevel: 'anonymous',
  handler: onHttp(authorizeEnvoy, toEnvoyFaultReply),
});

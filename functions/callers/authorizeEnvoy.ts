import { app, type HttpMethod } from '@azure/functions';
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
  // Envoy asks with the method of the original request, and cannot replace it (envoyproxy/envoy#5357). The host routes
  // any name (`HttpMethodRouteConstraint` in azure-functions-host), although the type lists nine. These are the methods
  // that Node.js parses, without CONNECT and TRACE: the runtime cannot build a `Request` with them (Fetch standard,
  // forbidden methods). They get 404, which blocks too.
  methods: [
    'ACL',
    'BIND',
    'CHECKOUT',
    'COPY',
    'DELETE',
    'GET',
    'HEAD',
    'LINK',
    'LOCK',
    'M-SEARCH',
    'MERGE',
    'MKACTIVITY',
    'MKCALENDAR',
    'MKCOL',
    'MOVE',
    'NOTIFY',
    'OPTIONS',
    'PATCH',
    'POST',
    'PROPFIND',
    'PROPPATCH',
    'PURGE',
    'PUT',
    'QUERY',
    'REBIND',
    'REPORT',
    'SEARCH',
    'SOURCE',
    'SUBSCRIBE',
    'UNBIND',
    'UNLINK',
    'UNLOCK',
    'UNSUBSCRIBE',
  ] as HttpMethod[],
  route: 'api/access/envoy/{resource}/{*path}',
  authLevel: 'anonymous',
  handler: onHttp(authorizeEnvoy, toEnvoyFaultReply),
});

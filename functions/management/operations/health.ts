import { app } from '@azure/functions';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { onHttp } from '../../../shared/compose.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';

/**
 * Answers `live` if this process answers, and `ready` if Cosmos DB and Service Bus do too; otherwise 503 names what
 * fails.
 */
export async function health(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const { probe } = request.params;
  if (probe === 'live') return toReply({ status: 'live' });
  if (probe !== 'ready') {
    throw new ConnectorError('itemNotFound', 'the probe must be `live` or `ready`');
  }
  const failing = await services.readiness.findFailing();
  if (failing.length === 0) return toReply({ status: 'ready' });
  throw new ConnectorError('serviceNotAvailable', `not ready: ${failing.join(', ')}`);
}

function toReply(jsonBody: object): HttpReply {
  return noStore({ status: 200, jsonBody });
}

app.http('health', {
  methods: ['GET', 'HEAD'],
  route: 'api/health/{probe}',
  authLevel: 'anonymous',
  handler: onHttp(health),
});

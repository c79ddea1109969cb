import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { toErrorReply } from '../../shared/edge/http/toErrorReply.ts';

/**
 * Answers 404 at `/`. Without this function the host answers there itself, 200 with its home page or 204 if that is
 * disabled. nginx takes both for an allowance and Envoy the first, so a proxy with a wrong address would let everybody in.
 */
export function rejectRoot(
  _request: HttpRequest,
  { services, requestId }: HandlerContext,
): HttpReply {
  const error = new ConnectorError('itemNotFound', 'there is nothing at this address');
  return toErrorReply(error, requestId, services.now());
}

app.http('rejectRoot', {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  // The empty path. An empty route would be the name of the function.
  route: '{nothing:maxlength(0)?}',
  authLevel: 'anonymous',
  handler: onHttp(rejectRoot),
});

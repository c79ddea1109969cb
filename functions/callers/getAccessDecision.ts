import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import { decisionMoment } from '../../shared/core/decisions/decisionId.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';

/** Returns a decision from the decision log. */
export async function getAccessDecision(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.Read.All');
  services.rateLimit.take(callerName(caller), 1, at);
  const { decisionId = '' } = request.params;
  const moment = decisionMoment(decisionId);
  const record = moment && (await services.decisions.find(decisionId, moment));
  if (record !== undefined) return { status: 200, jsonBody: record };
  throw new ConnectorError('itemNotFound', `the log has no decision \`${decisionId}\``);
}

app.http('getAccessDecision', {
  methods: ['GET', 'HEAD'],
  route: 'api/accessDecisions/{decisionId}',
  authLevel: 'anonymous',
  handler: onHttp(getAccessDecision),
});

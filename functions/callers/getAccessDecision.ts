import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import { decisionMoment } from '../../shared/core/decisions/decisionId.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';
import { BLOB_RETENTION_IN_DAYS } from '../../shared/resources.ts';

/** A search reads up to a minute of one process. */
const COST = 100;
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Storage deletes old blobs once a day. */
const RETENTION_IN_MILLISECONDS = (BLOB_RETENTION_IN_DAYS + 1) * DAY_IN_MILLISECONDS;
const MAX_CLOCK_DIFFERENCE_IN_MILLISECONDS = 60_000;

/** Returns a decision from the decision log. For the rate limit, it counts as 100 decisions. */
export async function getAccessDecision(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.Read.All');
  services.rateLimit.take(callerName(caller), COST, at);
  const { decisionId = '' } = request.params;
  const moment = decisionMoment(decisionId);
  const record =
    moment && isKept(moment, at) && (await services.decisions.find(decisionId, moment));
  if (typeof record === 'object') return { status: 200, jsonBody: record };
  throw new ConnectorError('itemNotFound', `the log has no decision \`${decisionId}\``);
}

/** Whether the log can have a decision of this moment. */
function isKept(moment: Date, now: Date): boolean {
  const age = now.getTime() - moment.getTime();
  return age >= -MAX_CLOCK_DIFFERENCE_IN_MILLISECONDS && age <= RETENTION_IN_MILLISECONDS;
}

app.http('getAccessDecision', {
  methods: ['GET', 'HEAD'],
  route: 'api/accessDecisions/{decisionId}',
  authLevel: 'anonymous',
  handler: onHttp(getAccessDecision),
});

import { app } from '@azure/functions';
import { decideRequests } from '../../shared/core/decisions/decideRequests.ts';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import { ownerMark } from '../../shared/core/decisions/ownerMark.ts';
import { fromTicket } from '../../shared/core/decisions/ticket.ts';
import { toRemediationFaultReply } from '../../shared/edge/remediation/toRemediationFaultReply.ts';
import { toPageReply } from '../../shared/edge/remediation/toPageReply.ts';
import { toRemediationPage } from '../../shared/edge/remediation/toRemediationPage.ts';
import { chooseLanguage } from '../../shared/edge/texts/languages.ts';
import { onHttp } from '../../shared/compose.ts';

/** The page that a blocked user lands on. What was asked for is decided anew each time it is opened. */
export async function getRemediation(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const { ticketKeys } = services.config;
  const ticket = await fromTicket(request.params['ticket'] ?? '', ticketKeys, at);
  // One word for forged, expired and another's: whoever guesses learns nothing.
  if (ticket === undefined) throw invalidTicket();
  services.ticketLimit.take(ticket.decisionId, 1, at);
  const language = chooseLanguage(request.headers.get('accept-language'));
  const asking = { caller: 'remediation', at };
  const [decided] = await decideRequests({ ...services, log }, [ticket], asking);
  if (decided === undefined) throw new TypeError('a request was not decided');
  // A device that was not enrolled then may well be now: that was what to do.
  if (ticket.owner !== '' && ticket.owner !== ownerMark(decided.evaluation.properties))
    throw invalidTicket();
  return toPageReply(toRemediationPage(decided, language), language);
}

function invalidTicket(): ConnectorError {
  return new ConnectorError('itemNotFound', 'the ticket is not valid');
}

app.http('getRemediation', {
  methods: ['GET'],
  route: 'api/remediation/{ticket}',
  authLevel: 'anonymous',
  handler: onHttp(getRemediation, toRemediationFaultReply),
});

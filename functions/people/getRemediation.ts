import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { onHttp } from '../../shared/compose.ts';
import { decideRequests } from '../../shared/core/decisions/decideRequests.ts';
import { fromTicket } from '../../shared/core/decisions/ticket.ts';
import { toOwnerMark } from '../../shared/core/decisions/toOwnerMark.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { toPageReply } from '../../shared/edge/remediation/toPageReply.ts';
import { toRemediationFaultReply } from '../../shared/edge/remediation/toRemediationFaultReply.ts';
import { toRemediationPage } from '../../shared/edge/remediation/toRemediationPage.ts';
import { chooseLanguage } from '../../shared/edge/texts/languages.ts';

/** Shows a blocked user the reasons and the remedy. Each visit decides the original request again. */
export async function getRemediation(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const { ticketKeys } = services.config;
  const ticket = await fromTicket(request.params['ticket'] ?? '', ticketKeys, at);
  // Forged, expired and foreign tickets get the same answer, so guessing reveals nothing.
  if (ticket === undefined) throw invalidTicket();
  services.ticketLimit.take(ticket.decisionId, 1, at);
  const language = chooseLanguage(request.headers.get('accept-language'));
  const asking = { caller: 'remediation', at };
  const [decided] = await decideRequests({ ...services, log }, [ticket], asking);
  if (decided === undefined) throw new TypeError('a request was not decided');
  // A ticket without an owner stays valid: enrolling the device may have been the thing to do.
  if (ticket.owner !== '' && ticket.owner !== toOwnerMark(decided.evaluation.properties))
    throw invalidTicket();
  return toPageReply(toRemediationPage(decided, language), language);
}

function invalidTicket(): ConnectorError {
  return new ConnectorError('itemNotFound', 'the ticket is not valid');
}

app.http('getRemediation', {
  methods: ['GET', 'HEAD'],
  route: 'api/remediation/{ticket}',
  authLevel: 'anonymous',
  handler: onHttp(getRemediation, toRemediationFaultReply),
});

import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { fromAccessRequestBody } from '../../shared/core/decisions/accessRequest.ts';
import { decideRequests } from '../../shared/core/decisions/decideRequests.ts';
import { requireDecider } from '../../shared/edge/callers/requireDecider.ts';
import { toAccessAnswer } from '../../shared/edge/callers/toAccessAnswer.ts';
import { toCacheControl } from '../../shared/edge/callers/toCacheControl.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import { chooseLanguage } from '../../shared/edge/texts/languages.ts';

/** Decides whether devices may connect. A block has its reasons and the remediation for the user. */
export async function decideAccess(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const decider = await requireDecider(
    request,
    { tokens: services.tokens, now: services.now() },
    'accessDecisions',
  );
  requireContentType(request, ['application/json']);
  const { requests, isBatch } = fromAccessRequestBody(await readBody(request));
  // A body may take minutes, and grace ends on the second.
  const at = services.now();
  decider.requireAllowed(requests.map(({ resource }) => resource));
  const decided = await decideRequests({ ...services, log }, requests, {
    caller: decider.name,
    at,
  });
  const language = chooseLanguage(request.headers.get('accept-language'));
  const answers = decided.map(({ outcome }) => toAccessAnswer(outcome, language));
  const isAllowance = answers.every(({ decision }) => decision === 'allow');
  const [earliest = ''] = answers.map(({ expiresDateTime }) => expiresDateTime).toSorted();
  return {
    status: 200,
    headers: toCacheControl(isAllowance, earliest, at.toISOString()),
    jsonBody: isBatch ? answers : answers[0],
  };
}

app.http('decideAccess', {
  methods: ['POST'],
  route: 'api/accessDecisions',
  authLevel: 'anonymous',
  handler: onHttp(decideAccess),
});

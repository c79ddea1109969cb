import { app } from '@azure/functions';
import { fromTokenIssuanceStart, toClaimsAnswer } from '../shared/access/entraClaims.ts';
import { evaluateUserDevices } from '../shared/access/userDevices.ts';
import { answerWithin } from '../shared/answerWithin.ts';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { readBody, requireContentType } from '../shared/http/readBody.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import { requireEntra } from '../shared/http/requireEntra.ts';
import { callerName } from '../shared/http/requireRole.ts';
import { reachMilestone } from '../shared/setup/reachMilestone.ts';

/**
 * What a user's devices are, for the token that Entra is about to issue (`onTokenIssuanceStart`). Where there is no
 * answer in time, or an error, Entra issues none.
 */
export function provideEntraClaims(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { entraAnswerWithinInMilliseconds } = context.services.config;
  return answerWithin(entraAnswerWithinInMilliseconds, provideClaims(request, context));
}

async function provideClaims(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const caller = await requireEntra(request, services.tokens, at);
  requireContentType(request, ['application/json']);
  const user = fromTokenIssuanceStart(await readBody(request));
  services.rateLimit.take(callerName(caller), 1, at);
  const configuration = await services.configuration.load();
  await reachMilestone({ ...services, log }, 'firstCaller', at.toISOString());
  const devices = await evaluateUserDevices(
    services.devices,
    user,
    configuration,
    at.toISOString(),
  );
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: toClaimsAnswer(devices),
  };
}

app.http('provideEntraClaims', {
  methods: ['POST'],
  route: 'api/access/entra/tokenIssuanceStart',
  authLevel: 'anonymous',
  handler: reply(provideEntraClaims),
});

import { app } from '@azure/functions';
import { answerWithin } from '../../shared/base/answerWithin.ts';
import { onHttp } from '../../shared/compose.ts';
import { evaluateUserDevices } from '../../shared/core/decisions/userDevices.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import {
  fromTokenIssuanceStart,
  toClaimsAnswer,
} from '../../shared/edge/callers/entra/entraClaims.ts';
import { requireEntra } from '../../shared/edge/callers/entra/requireEntra.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import { callerName } from '../../shared/edge/http/requireRole.ts';

/**
 * Provides claims about a user's devices for the token that Entra is issuing (`onTokenIssuanceStart`). Without an
 * answer in time, Entra issues no token.
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
  const caller = await requireEntra(request, services.tokens, services.now());
  requireContentType(request, ['application/json']);
  const user = fromTokenIssuanceStart(await readBody(request));
  const at = services.now();
  services.rateLimit.take(callerName(caller), 1, at);
  const configuration = await services.configuration.load();
  await recordMilestone({ ...services, log }, 'firstCaller', at.toISOString());
  const devices = await evaluateUserDevices(
    services.devices,
    user,
    configuration,
    at.toISOString(),
  );
  return noStore({ status: 200, jsonBody: toClaimsAnswer(devices) });
}

app.http('provideEntraClaims', {
  methods: ['POST'],
  route: 'api/access/entra/tokenIssuanceStart',
  authLevel: 'anonymous',
  handler: onHttp(provideEntraClaims),
});

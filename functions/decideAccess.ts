import { app } from '@azure/functions';
import { fromAccessRequestBody, toAccessAnswer } from '../shared/access/accessDecision.ts';
import { evaluateDevice } from '../shared/access/evaluateDevice.ts';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { readBody, requireContentType } from '../shared/http/readBody.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import { requireRole } from '../shared/http/requireRole.ts';
import { reachMilestone } from '../shared/setup/reachMilestone.ts';

/** May this device in, and if not, why, and what must its user do (contract D.5). */
export async function decideAccess(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const now = at.toISOString();
  await requireRole(request, services.tokens, at, 'Access.Decide');
  requireContentType(request, ['application/json']);
  const { requests, isBatch } = fromAccessRequestBody(await readBody(request));
  const configuration = await services.configuration.load();
  await reachMilestone({ ...services, log }, 'firstCaller', now);
  const { remediationUrl } = services.config;
  const answers = await Promise.all(
    requests.map(async (asked) => {
      const evaluated = await evaluateDevice(services.devices, asked.device, configuration, now);
      return toAccessAnswer(evaluated, asked, { configuration, now, remediationUrl });
    }),
  );
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: isBatch ? answers : answers[0],
  };
}

app.http('decideAccess', {
  methods: ['POST'],
  route: 'accessDecisions',
  authLevel: 'anonymous',
  handler: reply(decideAccess),
});

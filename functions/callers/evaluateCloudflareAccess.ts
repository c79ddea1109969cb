import { app } from '@azure/functions';
import { defined } from '../../shared/base/defined.ts';
import { onHttp } from '../../shared/compose.ts';
import { requireResource } from '../../shared/core/decisions/accessRequest.ts';
import {
  decideUser,
  type UserDecision,
  type UserRequest,
} from '../../shared/core/decisions/decideUser.ts';
import {
  fromEvaluationBody,
  toEvaluationToken,
} from '../../shared/edge/callers/cloudflare/cloudflareEvaluation.ts';
import {
  requireCloudflare,
  requireCloudflareEvaluation,
} from '../../shared/edge/callers/cloudflare/requireCloudflare.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readBody } from '../../shared/edge/http/readBody.ts';

const CALLER = 'cloudflareAccess';

/** Decides whether a user has access, for an external evaluation rule of Cloudflare Access. */
export async function evaluateCloudflareAccess(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const cloudflare = requireCloudflare(services);
  const resource = requireResource(request.params['resource']);
  const token = fromEvaluationBody(await readBody(request));
  const at = services.now();
  const { nonce, email } = await requireCloudflareEvaluation(cloudflare, token, at);
  services.rateLimit.take(CALLER, 1, at);
  const decided =
    email === undefined
      ? undefined
      : await tryToDecide({ userPrincipalName: email, resource }, context, at);
  const success = decided?.decision === 'allow';
  const [key] = cloudflare.evaluationKeys;
  return noStore({
    status: 200,
    headers: defined({ 'x-access-decision-id': decided?.decisionId }),
    jsonBody: { token: await toEvaluationToken({ success, nonce }, key, at) },
  });
}

/** `undefined` if the decision fails. The protocol can express that only as no success. */
async function tryToDecide(
  asked: UserRequest,
  { services, log }: HandlerContext,
  at: Date,
): Promise<UserDecision | undefined> {
  try {
    return await decideUser({ ...services, log }, asked, { caller: CALLER, at });
  } catch (error) {
    log.error(`an evaluation failed, so Cloudflare Access gets no success: ${String(error)}`);
    return undefined;
  }
}

app.http('evaluateCloudflareAccess', {
  methods: ['POST'],
  route: 'api/access/cloudflare/evaluate/{resource}',
  authLevel: 'anonymous',
  handler: onHttp(evaluateCloudflareAccess),
});

import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import {
  assessPosture,
  fromPostureBody,
} from '../../shared/edge/callers/cloudflare/cloudflarePosture.ts';
import {
  requireCloudflare,
  requireCloudflareToken,
} from '../../shared/edge/callers/cloudflare/requireCloudflare.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';

/** Scores the health of devices for Cloudflare's custom device posture integration. */
export async function assessCloudflarePosture(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const { applicationTokens } = requireCloudflare(services);
  const token = request.headers.get('cf-access-jwt-assertion');
  const caller = await requireCloudflareToken(applicationTokens, token, services.now());
  requireContentType(request, ['application/json']);
  const asked = fromPostureBody(await readBody(request));
  const at = services.now();
  services.rateLimit.take(caller, asked.length, at);
  const configuration = await services.configuration.load();
  await recordMilestone({ ...services, log }, 'firstCaller', at.toISOString());
  return noStore({
    status: 200,
    jsonBody: await assessPosture(services.devices, asked, configuration, at.toISOString()),
  });
}

app.http('assessCloudflarePosture', {
  methods: ['POST'],
  route: 'api/access/cloudflare/posture',
  authLevel: 'anonymous',
  handler: onHttp(assessCloudflarePosture),
});

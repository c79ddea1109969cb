import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { evaluateDevice } from '../../shared/core/decisions/readDevice.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import { answerExpiry } from '../../shared/domain/access/answerExpiry.ts';
import { isCompliantOrInGrace } from '../../shared/domain/compliance/complianceState.ts';
import { toCacheControl } from '../../shared/edge/callers/toCacheControl.ts';
import { toComplianceAnswer } from '../../shared/edge/callers/toComplianceAnswer.ts';
import { isNoneMatch, toEtag } from '../../shared/edge/http/etag.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { requireDeviceId } from '../../shared/edge/http/requireDeviceId.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';
import { chooseLanguage } from '../../shared/edge/texts/languages.ts';

/** Returns whether one device is compliant now, and why. */
export async function getDeviceCompliance(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const now = at.toISOString();
  const caller = await requireRole(request, services.tokens, at, 'Devices.Read.All');
  const deviceId = requireDeviceId(request.params['deviceId']);
  services.rateLimit.take(callerName(caller), 1, at);
  const configuration = await services.configuration.load();
  await recordMilestone({ ...services, log }, 'firstCaller', now);
  const evaluation = await evaluateDevice(services.devices, deviceId, configuration, now);
  const language = chooseLanguage(request.headers.get('accept-language'));
  const jsonBody = toComplianceAnswer(deviceId, evaluation, now, language);
  const etag = toEtag(jsonBody);
  const isAllowance = isCompliantOrInGrace(evaluation);
  const headers = {
    etag,
    ...toCacheControl(isAllowance, answerExpiry(isAllowance, evaluation, now), now),
  };
  return isNoneMatch(request.headers.get('if-none-match'), etag)
    ? { status: 200, headers, jsonBody }
    : { status: 304, headers };
}

app.http('getDeviceCompliance', {
  methods: ['GET', 'HEAD'],
  route: 'api/devices/{deviceId}/compliance',
  authLevel: 'anonymous',
  handler: onHttp(getDeviceCompliance),
});

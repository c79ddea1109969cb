import { app } from '@azure/functions';
import { isNoneMatch, toComplianceAnswer, toEtag } from '../shared/access/complianceAnswer.ts';
import { evaluateDevice } from '../shared/access/evaluateDevice.ts';
import { requireDeviceId } from '../shared/access/managedDevice.ts';
import type { HttpReply, HttpRequest } from '../shared/http/http.ts';
import { reply, type HandlerContext } from '../shared/http/reply.ts';
import { requireRole } from '../shared/http/requireRole.ts';
import { reachMilestone } from '../shared/setup/reachMilestone.ts';

/** Whether one device is compliant now, and why (contract D.4). */
export async function getDeviceCompliance(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const now = at.toISOString();
  await requireRole(request, services.tokens, at, 'Devices.Read.All');
  const deviceId = requireDeviceId(request.params['deviceId']);
  const configuration = await services.configuration.load();
  await reachMilestone({ ...services, log }, 'firstCaller', now);
  const { evaluation } = await evaluateDevice(services.devices, { deviceId }, configuration, now);
  const jsonBody = toComplianceAnswer(deviceId, evaluation, now);
  const etag = toEtag(jsonBody);
  const headers = { etag, 'cache-control': 'no-store' };
  return isNoneMatch(request.headers.get('if-none-match'), etag)
    ? { status: 200, headers, jsonBody }
    : { status: 304, headers };
}

app.http('getDeviceCompliance', {
  methods: ['GET'],
  route: 'devices/{deviceId}/compliance',
  authLevel: 'anonymous',
  handler: reply(getDeviceCompliance),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../../shared/edge/http/readBody.ts';
import { requireDeviceId } from '../../../shared/edge/http/requireDeviceId.ts';
import { callerName, requireRole } from '../../../shared/edge/http/requireRole.ts';
import { changeEnrolment } from '../../../shared/edge/management/changeEnrolment.ts';
import {
  fromManagedDeviceBody,
  toManagedDevice,
} from '../../../shared/edge/management/managedDevice.ts';

/** Enrols a device or replaces its enrolment, and returns it as evaluated with the new properties. */
export async function putManagedDevice(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.ReadWrite.All');
  services.rateLimit.take(callerName(caller), 1, at);
  const deviceId = requireDeviceId(request.params['deviceId']);
  requireContentType(request, ['application/json']);
  const properties = fromManagedDeviceBody(await readBody(request));
  const now = services.now().toISOString();
  const enrolment = await changeEnrolment(context, caller, { deviceId, properties, now });
  const { wasEnrolled, after, configuration } = enrolment;
  const evaluation = evaluateCompliance(after, configuration, now);
  return { status: wasEnrolled ? 200 : 201, jsonBody: toManagedDevice(after.device, evaluation) };
}

app.http('putManagedDevice', {
  methods: ['PUT'],
  route: 'api/deviceManagement/managedDevices/{deviceId}',
  authLevel: 'anonymous',
  handler: onHttp(putManagedDevice),
});

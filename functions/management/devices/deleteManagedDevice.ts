import { app } from '@azure/functions';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { onHttp } from '../../../shared/compose.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { requireDeviceId } from '../../../shared/edge/http/requireDeviceId.ts';
import { callerName, requireRole } from '../../../shared/edge/http/requireRole.ts';
import { changeEnrolment } from '../../../shared/edge/management/changeEnrolment.ts';

/** Ends a device's enrolment but keeps the reports of SEP Mobile, because the device may be enrolled again. */
export async function deleteManagedDevice(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, 'Devices.ReadWrite.All');
  services.rateLimit.take(callerName(caller), 1, at);
  const deviceId = requireDeviceId(request.params['deviceId']);
  const { wasEnrolled } = await changeEnrolment(context, caller, {
    deviceId,
    now: at.toISOString(),
  });
  if (wasEnrolled) return { status: 204 };
  throw new ConnectorError('itemNotFound', `device \`${deviceId}\` is not enrolled`);
}

app.http('deleteManagedDevice', {
  methods: ['DELETE'],
  route: 'api/deviceManagement/managedDevices/{deviceId}',
  authLevel: 'anonymous',
  handler: onHttp(deleteManagedDevice),
});

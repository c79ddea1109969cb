import { app } from '@azure/functions';
import { requireDeviceId } from '../../../shared/edge/http/requireDeviceId.ts';
import { toEnrolmentSignal } from '../../../shared/core/enrolment/toEnrolmentSignal.ts';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { managedProperties } from '../../../shared/domain/devices/device.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import { requireRole } from '../../../shared/edge/http/requireRole.ts';
import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import { onHttp } from '../../../shared/compose.ts';

/** Ends a device's enrolment (contract D.3). What SEP Mobile said of it is kept: it may be enrolled again. */
export async function deleteManagedDevice(
  request: HttpRequest,
  { services, requestId, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const now = at.toISOString();
  await requireRole(request, services.tokens, at, 'Devices.ReadWrite.All');
  const deviceId = requireDeviceId(request.params['deviceId']);
  const configuration = await services.configuration.load();
  const { before } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    {
      deviceId,
      signals: (device) =>
        managedProperties(device) === undefined
          ? []
          : [toEnrolmentSignal(device, undefined, requestId, now)],
      configuration,
      now,
    },
  );
  if (before === undefined || managedProperties(before.device) === undefined) {
    throw new ConnectorError('itemNotFound', `device \`${deviceId}\` is not enrolled`);
  }
  return { status: 204 };
}

app.http('deleteManagedDevice', {
  methods: ['DELETE'],
  route: 'api/deviceManagement/managedDevices/{deviceId}',
  authLevel: 'anonymous',
  handler: onHttp(deleteManagedDevice),
});

import { app } from '@azure/functions';
import {
  fromManagedDeviceBody,
  toManagedDevice,
} from '../../../shared/edge/management/managedDevice.ts';
import { requireDeviceId } from '../../../shared/edge/http/requireDeviceId.ts';
import { toEnrolmentSignal } from '../../../shared/core/enrolment/toEnrolmentSignal.ts';
import { managedDeviceIdOf, managedProperties } from '../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../../shared/edge/http/readBody.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import { requireRole } from '../../../shared/edge/http/requireRole.ts';
import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import { onHttp } from '../../../shared/compose.ts';

/** Enrols a device, or replaces what is known of its enrolment (contract D.3). The answer already counts it. */
export async function putManagedDevice(
  request: HttpRequest,
  { services, requestId, log }: HandlerContext,
): Promise<HttpReply> {
  const at = services.now();
  const now = at.toISOString();
  await requireRole(request, services.tokens, at, 'Devices.ReadWrite.All');
  const deviceId = requireDeviceId(request.params['deviceId']);
  requireContentType(request, ['application/json']);
  const properties = fromManagedDeviceBody(await readBody(request));
  const configuration = await services.configuration.load();
  await services.devices.saveIdentifiers(deviceId, properties);
  const { before, after } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    {
      deviceId,
      // A device that Graph enrolled stays Graph's to take away.
      signals: (device) => [
        toEnrolmentSignal(device, properties, requestId, now, managedDeviceIdOf(device)),
      ],
      configuration,
      now,
    },
  );
  const isNew = before === undefined || managedProperties(before.device) === undefined;
  const evaluation = evaluateCompliance(after, configuration, now);
  return { status: isNew ? 201 : 200, jsonBody: toManagedDevice(after.device, evaluation) };
}

app.http('putManagedDevice', {
  methods: ['PUT'],
  route: 'api/deviceManagement/managedDevices/{deviceId}',
  authLevel: 'anonymous',
  handler: onHttp(putManagedDevice),
});

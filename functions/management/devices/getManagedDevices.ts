import { app } from '@azure/functions';
import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { onHttp } from '../../../shared/compose.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceRecord } from '../../../shared/domain/deviceRecord.ts';
import { costOfPage } from '../../../shared/edge/http/costOfPage.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { toPage } from '../../../shared/edge/http/paging.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireDeviceId } from '../../../shared/edge/http/requireDeviceId.ts';
import { callerName, requireRole } from '../../../shared/edge/http/requireRole.ts';
import { fromListQuery } from '../../../shared/edge/management/fromListQuery.ts';
import {
  toManagedDevice,
  toUnreadableDevice,
} from '../../../shared/edge/management/managedDevice.ts';

/** Returns one enrolled device, or lists a page of them. */
export async function getManagedDevices(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<HttpReply> {
  const now = services.now();
  const { deviceId: id } = request.params;
  const caller = await requireRole(
    request,
    services.tokens,
    now,
    'Devices.Read.All',
    'Devices.ReadWrite.All',
  );
  services.rateLimit.take(callerName(caller), id === undefined ? costOfPage(request) : 1, now);
  const configuration = await services.configuration.load();
  const toBody = (record: DeviceRecord): object | undefined =>
    toManagedDevice(record.device, evaluateCompliance(record, configuration, now.toISOString()));
  if (id !== undefined) {
    const deviceId = requireDeviceId(id);
    const stored = await services.devices.load(deviceId);
    const body = stored && toBody(stored.record);
    if (body !== undefined) return { status: 200, jsonBody: body };
    throw new ConnectorError('itemNotFound', `device \`${deviceId}\` is not enrolled`);
  }
  rejectUnknownOptions(request, ['$top', '$filter', '$skiptoken']);
  const { filter, top, continuation } = fromListQuery(request, services.config);
  const page = await services.devices.list(filter, top, continuation);
  const value = [
    ...page.records.flatMap((record) => toBody(record) ?? []),
    ...page.unreadable.map(toUnreadableDevice),
  ];
  return { status: 200, jsonBody: toPage(request, services.config, value, page.continuation) };
}

app.http('getManagedDevices', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/managedDevices/{deviceId?}',
  authLevel: 'anonymous',
  handler: onHttp(getManagedDevices),
});

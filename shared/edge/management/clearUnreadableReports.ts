import { ConnectorError } from '../../base/connectorError.ts';
import { recomputeDevice } from '../../core/devices/recomputeDevice.ts';
import type { Handler } from '../http/handler.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { requireDeviceId } from '../http/requireDeviceId.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';

/**
 * Clears what the device's unreadable reports, and the incidents that its record had no room for, do to it: an operator has
 * looked at them. Known threats stay, and a later unreadable report counts again.
 * @throws ConnectorError `itemNotFound` for an unknown device.
 */
export const clearUnreadableReports: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services, log, requestId } = context;
  const deviceId = requireDeviceId(request.params['id']);
  if ((await services.devices.load(deviceId)) === undefined)
    throw new ConnectorError('itemNotFound', `device \`${deviceId}\` is not known`);
  const now = services.now().toISOString();
  const cleared = {
    type: 'unreadableReportsCleared',
    signalId: requestId,
    deviceId,
    observedDateTime: now,
    receivedDateTime: now,
  } as const;
  const { before, after } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    { deviceId, signals: [cleared], configuration: await services.configuration.load(), now },
  );
  await recordAudit(context, caller, {
    activityType: 'clear unreadable reports',
    resourceType: 'managedDevice',
    resourceId: deviceId,
    before: {
      unreadable: before?.device.unreadable,
      incidentOverflow: before?.device.incidentOverflow,
    },
  });
  const { complianceState, partnerReportedThreatState } = after.evaluation ?? {};
  return noStore({
    status: 200,
    jsonBody: { deviceId, complianceState, partnerReportedThreatState },
  });
};

import { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import { recomputeDevice } from '../../core/devices/recomputeDevice.ts';
import { beginReevaluation, readReevaluation } from '../../core/devices/runReevaluation.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { Services } from '../../core/services.ts';
import type { Handler, HandlerContext } from '../http/handler.ts';
import type { HttpReply } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readJsonObject } from '../http/readBody.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { toActor } from '../http/toActor.ts';
import { requireDeviceId } from '../http/requireDeviceId.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';

/** Shows the progress of the pass over all enrolled devices. */
export const readProgress: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  return noStore({ status: 200, jsonBody: await progressOf(context.services) });
};

/**
 * Evaluates one device again at once, or starts a pass over all devices at the next run of the timer. A record that
 * cannot be read is replaced by what can be kept of it.
 * @throws ConnectorError `itemNotFound` for an unknown device, `conflict` while another request starts a pass.
 */
export const requestReevaluation: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  const { deviceId, ...others } = await readJsonObject(request);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalidField(unknown, 'is not known');
  if (deviceId !== undefined && typeof deviceId !== 'string')
    throw invalidField('deviceId', 'must be a string');
  const reply =
    deviceId === undefined
      ? await beginPass(context.services)
      : { status: 200, jsonBody: await evaluateOne(context, caller, requireDeviceId(deviceId)) };
  await recordAudit(context, caller, {
    activityType: 'reevaluate',
    resourceType: 'managedDevice',
    resourceId: deviceId ?? 'all',
  });
  return noStore(reply);
};

async function beginPass(services: Services): Promise<HttpReply> {
  if ((await beginReevaluation(services.documents)) === 'conflict')
    throw new ConnectorError('conflict', 'another pass is being started; try again');
  return { status: 202, jsonBody: await progressOf(services) };
}

async function evaluateOne(
  { services, log }: HandlerContext,
  caller: Caller,
  deviceId: string,
): Promise<object> {
  const now = services.now().toISOString();
  const configuration = await services.configuration.load();
  const replacement = { records: services.devices, audit: services.audit, actor: toActor(caller) };
  const { before, after } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    { deviceId, signals: [], configuration, now, replacement },
  );
  if (before === undefined)
    throw new ConnectorError('itemNotFound', `device \`${deviceId}\` is not known`);
  const { complianceState, partnerReportedThreatState } = after.evaluation ?? {};
  return { deviceId, complianceState, partnerReportedThreatState };
}

async function progressOf({ documents, devices }: Services): Promise<object> {
  const [pass, managedDeviceCount] = await Promise.all([
    readReevaluation(documents),
    devices.countManaged(),
  ]);
  return { ...pass, managedDeviceCount };
}

function invalidField(name: string, message: string): ConnectorError {
  return invalidRequest(`\`${name}\` ${message}`, { path: `/${name}`, message });
}

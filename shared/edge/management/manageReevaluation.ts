import { auditDone } from '../http/auditDone.ts';
import type { Services } from '../../core/services.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { requireDeviceId } from './managedDevice.ts';
import { rejectUnknownOptions, requireConfigurationRole } from './manageDocuments.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/handler.ts';
import { recomputeDevice } from '../../core/devices/recomputeDevice.ts';
import { beginReevaluation, readReevaluation } from '../../core/devices/runReevaluation.ts';

type Handler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

const NO_STORE = { 'cache-control': 'no-store' };

/** How far the pass over all enrolled devices has come. */
export const readProgress: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  return { status: 200, headers: NO_STORE, jsonBody: await progressOf(context.services) };
};

/**
 * Evaluates one device again, at once; or all of them, in a pass that begins with the next run of the timer.
 * @throws ConnectorError `itemNotFound` for a device that nothing is known of, `conflict` while another begins one.
 */
export const requestReevaluation: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services } = context;
  const { deviceId, ...others } = await readJsonObject(request);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(unknown, 'is not known');
  if (deviceId !== undefined && typeof deviceId !== 'string')
    throw invalid('deviceId', 'must be a string');
  const answer =
    deviceId === undefined
      ? await beginPass(services)
      : { status: 200, jsonBody: await evaluateOne(context, requireDeviceId(deviceId)) };
  await auditDone(context, caller, {
    activityType: 'reevaluate',
    resourceType: 'managedDevice',
    resourceId: deviceId ?? 'all',
  });
  return { ...answer, headers: NO_STORE };
};

async function beginPass(services: Services): Promise<HttpReply> {
  if ((await beginReevaluation(services.documents)) === 'conflict')
    throw new ConnectorError('conflict', 'a pass is under way at this moment: try again');
  return { status: 202, jsonBody: await progressOf(services) };
}

async function evaluateOne({ services, log }: HandlerContext, deviceId: string): Promise<object> {
  const now = services.now().toISOString();
  const configuration = await services.configuration.load();
  const { before, after } = await recomputeDevice(
    { ...services, announcements: services.queues, log },
    { deviceId, signals: [], configuration, now },
  );
  if (before === undefined)
    throw new ConnectorError('itemNotFound', `nothing is known of device \`${deviceId}\``);
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

function invalid(path: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', `\`${path}\` ${message}`, {
    details: [{ path: `/${path}`, message }],
  });
}

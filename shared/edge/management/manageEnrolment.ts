import type { Services } from '../../core/services.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { rejectUnknownOptions, requireConfigurationRole } from './manageDocuments.ts';
import type { HandlerContext } from '../http/handler.ts';
import { toActor } from '../http/toActor.ts';
import {
  ENROLMENT_STATE,
  fromStateDocument,
  type EnrolmentState,
} from '../../core/enrolment/enrolmentState.ts';

type Handler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

/** How the enrolment from Graph stands. */
export const readEnrolment: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { state } = await load(context.services);
  return toReply(context.services, state);
};

/**
 * An operator says that the devices have left indeed: the next run ends their enrolment. Once more does no harm.
 * @throws ConnectorError `conflict` where nobody is held.
 */
export const confirmLeavers: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const { services, requestId } = context;
  rejectUnknownOptions(request, []);
  const { state, etag } = await load(services);
  if (state.held === undefined)
    throw new ConnectorError('conflict', 'nobody is held: there is nothing to confirm');
  const now = services.now().toISOString();
  const after = { ...state, confirmedDateTime: now, listDueDateTime: now };
  const event = {
    id: requestId,
    activityDateTime: now,
    activityType: 'confirm leavers',
    actor: toActor(caller),
    resourceType: ENROLMENT_STATE.kind,
    resourceId: ENROLMENT_STATE.id,
    after: { ...state.held, confirmedDateTime: now },
  };
  await services.audit.record({ ...event, activityResult: 'pending' });
  const saved = await services.documents.saveDocument({ ...after, ...ENROLMENT_STATE }, etag);
  const isSaved = saved !== 'conflict';
  await services.audit.record({ ...event, activityResult: isSaved ? 'success' : 'failure' });
  if (!isSaved) throw new ConnectorError('conflict', 'a run is under way: try again');
  return toReply(services, after);
};

async function load({
  documents,
  now,
}: Services): Promise<{ readonly state: EnrolmentState; readonly etag: string | undefined }> {
  const stored = await documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id);
  return { state: fromStateDocument(stored, now().toISOString()), etag: stored?.etag };
}

async function toReply(
  { config, devices }: Services,
  { held, listedDateTime, listDueDateTime, confirmedDateTime }: EnrolmentState,
): Promise<HttpReply> {
  const managedDeviceCount = await devices.countManaged();
  const isOn = config.graph?.isEnrolmentSource === true;
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: {
      state: isOn ? (held === undefined ? 'following' : 'held') : 'off',
      ...(isOn ? { listDueDateTime } : {}),
      ...(listedDateTime === undefined ? {} : { listedDateTime }),
      ...(held === undefined
        ? {}
        : { heldDateTime: held.heldDateTime, heldDeviceCount: held.deviceCount }),
      ...(confirmedDateTime === undefined ? {} : { confirmedDateTime }),
      managedDeviceCount,
    },
  };
}

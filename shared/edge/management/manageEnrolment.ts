import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { audited } from '../../core/configuration/audited.ts';
import { COST_OF_A_PAGE } from '../../core/decisions/rateLimit.ts';
import {
  ENROLMENT_STATE,
  fromStateDocument,
  type EnrolmentState,
} from '../../core/enrolment/enrolmentState.ts';
import { NOTHING_TAKEN_IN_PART } from '../../core/enrolment/takenInPart.ts';
import type { Services } from '../../core/services.ts';
import type { Handler } from '../http/handler.ts';
import type { HttpReply } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { toActor } from '../http/toActor.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';

/** Shows the state of the enrolment from Graph. */
export const readEnrolment: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  const { state } = await load(context.services);
  return toReply(context.services, state);
};

/**
 * Confirms that the held devices have really left, so the next run ends their enrolment. Repeating it does no harm.
 * @throws ConnectorError `conflict` if no device is held, or a run saves its state at the same time.
 */
export const confirmLeavers: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  const { services, requestId } = context;
  rejectUnknownOptions(request, []);
  const { state, etag } = await load(services);
  if (state.held === undefined)
    throw new ConnectorError('conflict', 'no device is held, so there is nothing to confirm');
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
  const saved = await audited(services.audit, event, () =>
    services.documents.saveDocument({ ...after, ...ENROLMENT_STATE }, etag),
  );
  if (saved === 'conflict')
    throw new ConnectorError('conflict', 'an enrolment run is in progress; try again');
  return toReply(services, after);
};

async function load({
  documents,
  now,
}: Services): Promise<{ readonly state: EnrolmentState; readonly etag: string | undefined }> {
  const stored = await documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id);
  return { state: fromStateDocument(stored, now().toISOString()), etag: stored?.etag };
}

async function toReply({ config, devices }: Services, state: EnrolmentState): Promise<HttpReply> {
  const { held, listedDateTime, listDueDateTime, confirmedDateTime, unknownGroupIds = [] } = state;
  const managedDeviceCount = await devices.countManaged();
  const isOn = config.graph?.isEnrolmentSource === true;
  return noStore({
    status: 200,
    jsonBody: {
      state: isOn ? (held === undefined ? 'following' : 'held') : 'off',
      ...defined({
        listDueDateTime: isOn ? listDueDateTime : undefined,
        listedDateTime,
        heldDateTime: held?.heldDateTime,
        heldDeviceCount: held?.deviceCount,
        confirmedDateTime,
        unknownGroupIds: unknownGroupIds.length > 0 ? unknownGroupIds : undefined,
      }),
      managedDeviceCount,
      ...(state.takenInPart ?? NOTHING_TAKEN_IN_PART),
    },
  });
}

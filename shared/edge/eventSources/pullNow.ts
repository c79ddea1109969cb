import { addSeconds } from '../../base/dateTime.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { pullSource } from '../../core/eventSources/pull/pullSources.ts';
import { isPulledKind } from '../../domain/vocabulary/eventSource.ts';
import type { Handler } from '../http/handler.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { requireConfigurationRole } from '../management/requireConfigurationRole.ts';
import { findSource } from './findSource.ts';

/** A caller waits for the answer. The timer goes on with the rest. */
const RUN_IN_SECONDS = 20;

/** Fetches from the source at once, also if it failed a short time ago, and replies with what came of it. */
export const pullNow: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services, log } = context;
  const source = await findSource(request, context);
  if (!isPulledKind(source.kind) || !source.isEnabled)
    throw new ConnectorError('conflict', 'only an enabled source that does not push is fetched');
  const endDateTime = addSeconds(services.now().toISOString(), RUN_IN_SECONDS);
  const dependencies = { ...services, signals: services.queues, log };
  const { state, events, failure } = await pullSource(dependencies, source, endDateTime, true);
  const outcome = { state, events, ...defined({ failure }) };
  await recordAudit(context, caller, {
    activityType: 'pull event source',
    resourceType: 'eventSource',
    resourceId: source.id,
    after: outcome,
  });
  return noStore({ status: 200, jsonBody: outcome });
};

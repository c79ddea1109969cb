import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { replaySourceRequest } from '../../core/eventSources/ingestSourceRequest.ts';
import { replayQuarantined } from '../../core/ingest/replayQuarantined.ts';
import type { QuarantinedRequest } from '../../core/ports/quarantine.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { Services } from '../../core/services.ts';
import { costOfPage } from '../http/costOfPage.ts';
import type { Handler, HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { PAGING_OPTIONS, replyWithPage } from '../http/paging.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { recordAudit } from '../http/recordAudit.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';

/** The names that `ingestRequest` gives. */
const NAME = /^[0-9a-f]{64}\.json$/;

/** Lists a page of the quarantined requests. */
export const listQuarantine: Handler = async (request, context) => {
  await requireConfigurationRole(request, context, { cost: costOfPage(request) });
  rejectUnknownOptions(request, PAGING_OPTIONS);
  return replyWithPage(request, context.services.config, (top, continuation) =>
    context.services.quarantine.list(top, continuation),
  );
};

/** Shows one quarantined request, with its body as text. */
export const readQuarantined: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { name, stored } = await requireQuarantined(request, context.services);
  const { body, ...rest } = stored;
  const jsonBody = { name, ...rest, body: Buffer.from(body).toString() };
  return noStore({ status: 200, jsonBody });
};

/** Ingests the request again by the current rules. Replies with the number of accepted events and the rejections. */
export const replayFromQuarantine: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services } = context;
  const { name, stored } = await requireQuarantined(request, services);
  if (stored.isAuthentic !== true)
    throw new ConnectorError('conflict', 'the stored request is not as this system stored it');
  const now = services.now().toISOString();
  const outcome = await replay(context, name, stored, now);
  await audit(context, caller, 'replay', name, outcome);
  return noStore({ status: 200, jsonBody: outcome });
};

async function replay(
  { services, log }: HandlerContext,
  name: string,
  stored: QuarantinedRequest,
  now: DateTime,
): Promise<object> {
  const dependencies = { ...services, signals: services.queues, log };
  const { source, sourceId } = stored;
  if (source !== 'eventSource')
    return replayQuarantined(dependencies, name, { ...stored, source }, now);
  const { eventSources } = await services.configuration.load();
  const found = eventSources.find(({ id }) => id === sourceId);
  if (found !== undefined)
    return replaySourceRequest(dependencies, found, { name, request: stored, now });
  throw new ConnectorError('conflict', `there is no event source \`${String(sourceId)}\` any more`);
}

/** Deletes one quarantined request. */
export const removeFromQuarantine: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { name, stored } = await requireQuarantined(request, context.services);
  await context.services.quarantine.remove(name);
  await audit(context, caller, 'delete', name, { rejected: stored.rejected });
  return noStore({ status: 204 });
};

async function requireQuarantined(
  request: HttpRequest,
  { quarantine }: Pick<Services, 'quarantine'>,
): Promise<{ readonly name: string; readonly stored: QuarantinedRequest }> {
  const name = request.params['name'] ?? '';
  const stored = NAME.test(name) ? await quarantine.load(name) : undefined;
  if (stored !== undefined) return { name, stored };
  throw new ConnectorError('itemNotFound', 'the quarantine has no request of this name');
}

function audit(
  context: HandlerContext,
  caller: Caller,
  activity: 'replay' | 'delete',
  name: string,
  after: unknown,
): Promise<void> {
  return recordAudit(context, caller, {
    activityType: `${activity} quarantined request`,
    resourceType: 'quarantine',
    resourceId: name,
    after,
  });
}

import { auditDone } from '../http/auditDone.ts';
import type { Services } from '../../core/services.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { rejectUnknownOptions, requireConfigurationRole } from './manageDocuments.ts';
import { readPaging, toPage } from '../http/paging.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { QuarantinedRequest } from '../../core/ports/quarantine.ts';
import { replayQuarantined } from '../../core/ingest/replayQuarantined.ts';

type Handler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

const NO_STORE = { 'cache-control': 'no-store' };
/** As `ingestRequest` names them. */
const NAME = /^[0-9a-f]{64}\.json$/;

/** A page of what lies there. */
export const listQuarantine: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, ['$top', '$skiptoken']);
  const { top, continuation } = readPaging(request);
  const page = await context.services.quarantine.list(top, continuation);
  return {
    status: 200,
    headers: NO_STORE,
    jsonBody: toPage(request, page.entries, page.continuation),
  };
};

/** One of them, with its body as text. */
export const readQuarantined: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { name, kept } = await requireQuarantined(request, context.services);
  const { body, ...rest } = kept;
  const jsonBody = { name, ...rest, body: Buffer.from(body).toString() };
  return { status: 200, headers: NO_STORE, jsonBody };
};

/** Once more, by today's rules and clock: how much was taken, and what is still wrong with the rest. */
export const replayFromQuarantine: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { services } = context;
  const { name, kept } = await requireQuarantined(request, services);
  const now = services.now().toISOString();
  const outcome = await replayQuarantined(
    { signals: services.queues, quarantine: services.quarantine },
    name,
    kept,
    now,
  );
  await audit(context, caller, 'replay', name, outcome);
  return { status: 200, headers: NO_STORE, jsonBody: outcome };
};

/** Away for good. */
export const removeFromQuarantine: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const { name, kept } = await requireQuarantined(request, context.services);
  await context.services.quarantine.remove(name);
  await audit(context, caller, 'delete', name, { rejected: kept.rejected });
  return { status: 204, headers: NO_STORE };
};

async function requireQuarantined(
  request: HttpRequest,
  { quarantine }: Pick<Services, 'quarantine'>,
): Promise<{ readonly name: string; readonly kept: QuarantinedRequest }> {
  const name = request.params['name'] ?? '';
  const kept = NAME.test(name) ? await quarantine.load(name) : undefined;
  if (kept !== undefined) return { name, kept };
  throw new ConnectorError('itemNotFound', 'there is nothing of that name in the quarantine');
}

function audit(
  context: HandlerContext,
  caller: Caller,
  activity: string,
  name: string,
  after: unknown,
): Promise<void> {
  return auditDone(context, caller, {
    activityType: `${activity} quarantined request`,
    resourceType: 'quarantine',
    resourceId: name,
    after,
  });
}

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import {
  configurationAfter,
  fromConfigurationDocuments,
} from '../../../shared/core/configuration/configurationDocuments.ts';
import { readDraft } from '../../../shared/core/configuration/readDraft.ts';
import { whatIf } from '../../../shared/core/configuration/whatIf.ts';
import { COST_OF_A_PAGE } from '../../../shared/core/decisions/rateLimit.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { readPaging, toPage } from '../../../shared/edge/http/paging.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { readJsonObject } from '../../../shared/edge/http/readBody.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** A preview evaluates some thousands of devices. */
const COST = 10 * COST_OF_A_PAGE;

/**
 * Previews which stored devices would become compliant or noncompliant under the policy in the body, and why. For a
 * large fleet the caller sends the same body to `@odata.nextLink` to continue.
 */
export async function whatIfDeviceCompliancePolicies(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { access: 'read', cost: COST });
  const { services } = context;
  rejectUnknownOptions(request, ['$skiptoken']);
  const { continuation } = readPaging(request, services.config);
  const body = await readJsonObject(request);
  const now = services.now().toISOString();
  const documents = (await services.documents.listDocuments()).map(({ document }) => document);
  const after = readDraft(body, documents, now);
  const {
    changes,
    continuation: next,
    ...counts
  } = await whatIf(
    services.devices,
    fromConfigurationDocuments(documents),
    configurationAfter(documents, { kind: after.kind, id: after.id, after }),
    now,
    continuation,
  );
  return noStore({
    status: 200,
    jsonBody: { ...counts, ...toPage(request, services.config, changes, next) },
  });
}

app.http('whatIfDeviceCompliancePolicies', {
  methods: ['POST'],
  route: 'api/deviceManagement/deviceCompliancePolicies/whatIf',
  authLevel: 'anonymous',
  handler: onHttp(whatIfDeviceCompliancePolicies),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { changeConfiguration } from '../../../shared/core/configuration/changeConfiguration.ts';
import { COMPLIANCE_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { readAssignments } from '../../../shared/core/configuration/readAssignments.ts';
import { updateDocument } from '../../../shared/core/configuration/readDocument.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { readJsonObject } from '../../../shared/edge/http/readBody.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { toChange } from '../../../shared/edge/management/toChange.ts';

/** Replaces the assignments of a compliance policy (Graph `deviceCompliancePolicy: assign`). */
export async function assignDeviceCompliancePolicy(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  const id = request.params['id'] ?? '';
  const assignments = readAssignments(await readJsonObject(request));
  const now = context.services.now().toISOString();
  const changed = await changeConfiguration(context.services, {
    ...toChange(request, context, caller, COMPLIANCE_POLICIES),
    activity: 'assign',
    documentId: id,
    apply: (before) => updateDocument(COMPLIANCE_POLICIES, before, { assignments }, { id, now }),
  });
  return noStore({ status: 200, jsonBody: { value: changed?.['assignments'] } });
}

app.http('assignDeviceCompliancePolicy', {
  methods: ['POST'],
  route: 'api/deviceManagement/deviceCompliancePolicies/{id}/assign',
  authLevel: 'anonymous',
  handler: onHttp(assignDeviceCompliancePolicy),
});

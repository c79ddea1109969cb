import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { COMPLIANCE_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';

app.http('deviceCompliancePolicy', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/deviceCompliancePolicies/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(COMPLIANCE_POLICIES)),
});

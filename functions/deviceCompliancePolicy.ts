import { app } from '@azure/functions';
import { manageDocument } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { COMPLIANCE_POLICIES } from '../shared/manage/managedKinds.ts';

app.http('deviceCompliancePolicy', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/deviceCompliancePolicies/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(COMPLIANCE_POLICIES)),
});

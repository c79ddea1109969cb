import { app } from '@azure/functions';
import { manageCollection } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { COMPLIANCE_POLICIES } from '../shared/manage/managedKinds.ts';

app.http('deviceCompliancePolicies', {
  methods: ['GET', 'POST'],
  route: 'api/deviceManagement/deviceCompliancePolicies',
  authLevel: 'anonymous',
  handler: reply(manageCollection(COMPLIANCE_POLICIES)),
});

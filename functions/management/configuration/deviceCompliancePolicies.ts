import { app } from '@azure/functions';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { COMPLIANCE_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';

app.http('deviceCompliancePolicies', {
  methods: ['GET', 'POST'],
  route: 'api/deviceManagement/deviceCompliancePolicies',
  authLevel: 'anonymous',
  handler: reply(manageCollection(COMPLIANCE_POLICIES)),
});

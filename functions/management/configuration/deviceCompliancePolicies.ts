import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { COMPLIANCE_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';

app.http('deviceCompliancePolicies', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/deviceManagement/deviceCompliancePolicies',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(COMPLIANCE_POLICIES)),
});

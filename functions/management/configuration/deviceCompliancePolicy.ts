import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { COMPLIANCE_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

app.http('deviceCompliancePolicy', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/deviceCompliancePolicies/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(COMPLIANCE_POLICIES)),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { ACCESS_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';

app.http('conditionalAccessPolicies', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/identity/conditionalAccess/policies',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(ACCESS_POLICIES)),
});

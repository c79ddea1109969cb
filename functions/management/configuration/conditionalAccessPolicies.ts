import { app } from '@azure/functions';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';
import { ACCESS_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('conditionalAccessPolicies', {
  methods: ['GET', 'POST'],
  route: 'api/identity/conditionalAccess/policies',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(ACCESS_POLICIES)),
});

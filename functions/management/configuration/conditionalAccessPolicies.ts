import { app } from '@azure/functions';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { ACCESS_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';

app.http('conditionalAccessPolicies', {
  methods: ['GET', 'POST'],
  route: 'api/identity/conditionalAccess/policies',
  authLevel: 'anonymous',
  handler: reply(manageCollection(ACCESS_POLICIES)),
});

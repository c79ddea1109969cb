import { app } from '@azure/functions';
import { manageCollection } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { ACCESS_POLICIES } from '../shared/manage/managedKinds.ts';

app.http('conditionalAccessPolicies', {
  methods: ['GET', 'POST'],
  route: 'api/identity/conditionalAccess/policies',
  authLevel: 'anonymous',
  handler: reply(manageCollection(ACCESS_POLICIES)),
});

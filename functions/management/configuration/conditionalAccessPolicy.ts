import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { ACCESS_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';

app.http('conditionalAccessPolicy', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/identity/conditionalAccess/policies/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(ACCESS_POLICIES)),
});

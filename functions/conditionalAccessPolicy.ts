import { app } from '@azure/functions';
import { manageDocument } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { ACCESS_POLICIES } from '../shared/manage/managedKinds.ts';

app.http('conditionalAccessPolicy', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/identity/conditionalAccess/policies/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(ACCESS_POLICIES)),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { ACCESS_POLICIES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

app.http('conditionalAccessPolicy', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/identity/conditionalAccess/policies/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(ACCESS_POLICIES)),
});

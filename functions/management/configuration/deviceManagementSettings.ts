import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { SINGLETON_ID, TENANT_SETTINGS } from '../../../shared/core/configuration/managedKinds.ts';

app.http('deviceManagementSettings', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/settings',
  authLevel: 'anonymous',
  handler: reply(manageDocument(TENANT_SETTINGS, () => SINGLETON_ID)),
});

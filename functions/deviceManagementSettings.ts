import { app } from '@azure/functions';
import { manageDocument } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { SINGLETON_ID, TENANT_SETTINGS } from '../shared/manage/managedKinds.ts';

app.http('deviceManagementSettings', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/settings',
  authLevel: 'anonymous',
  handler: reply(manageDocument(TENANT_SETTINGS, () => SINGLETON_ID)),
});

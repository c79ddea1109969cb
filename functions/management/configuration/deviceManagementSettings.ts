import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { TENANT_SETTINGS } from '../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../shared/core/ports/configuration.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('deviceManagementSettings', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/settings',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(TENANT_SETTINGS, () => SINGLETON_ID)),
});

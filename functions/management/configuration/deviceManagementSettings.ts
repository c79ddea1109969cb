import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { TENANT_SETTINGS } from '../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../shared/core/ports/configuration.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

app.http('deviceManagementSettings', {
  methods: ['GET', 'HEAD', 'PATCH'],
  route: 'api/deviceManagement/settings',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(TENANT_SETTINGS, () => SINGLETON_ID)),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

app.http('mobileThreatDefenseConnector', {
  methods: ['GET', 'HEAD', 'PATCH'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(CONNECTORS)),
});

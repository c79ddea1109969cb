import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('mobileThreatDefenseConnector', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(CONNECTORS)),
});

import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';

app.http('mobileThreatDefenseConnector', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(CONNECTORS)),
});

import { app } from '@azure/functions';
import { manageDocument } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { CONNECTORS } from '../shared/manage/managedKinds.ts';

app.http('mobileThreatDefenseConnector', {
  methods: ['GET', 'PATCH'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(CONNECTORS)),
});

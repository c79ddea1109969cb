import { app } from '@azure/functions';
import { manageCollection } from '../shared/http/manageDocuments.ts';
import { reply } from '../shared/http/reply.ts';
import { CONNECTORS } from '../shared/manage/managedKinds.ts';

// Without POST: there is one connector, and the first change makes it.
app.http('mobileThreatDefenseConnectors', {
  methods: ['GET'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors',
  authLevel: 'anonymous',
  handler: reply(manageCollection(CONNECTORS)),
});

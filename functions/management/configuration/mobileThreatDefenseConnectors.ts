import { app } from '@azure/functions';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';
import { onHttp } from '../../../shared/compose.ts';

// Without POST: there is one connector, and the first change makes it.
app.http('mobileThreatDefenseConnectors', {
  methods: ['GET'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(CONNECTORS)),
});

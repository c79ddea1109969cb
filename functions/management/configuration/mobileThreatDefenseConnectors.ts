import { app } from '@azure/functions';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';
import { onHttp } from '../../../shared/compose.ts';

// No POST: there is exactly one connector, which the first change creates.
app.http('mobileThreatDefenseConnectors', {
  methods: ['GET'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(CONNECTORS)),
});

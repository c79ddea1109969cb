import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { CONNECTORS } from '../../../shared/core/configuration/managedKinds.ts';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';

// No POST: there is exactly one connector, which the first change creates.
app.http('mobileThreatDefenseConnectors', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/mobileThreatDefenseConnectors',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(CONNECTORS)),
});

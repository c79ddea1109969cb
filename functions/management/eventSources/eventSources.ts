import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { EVENT_SOURCES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageCollection } from '../../../shared/edge/management/manageDocuments.ts';

app.http('eventSources', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/deviceManagement/eventSources',
  authLevel: 'anonymous',
  handler: onHttp(manageCollection(EVENT_SOURCES)),
});

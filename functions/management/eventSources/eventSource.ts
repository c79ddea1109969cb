import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { EVENT_SOURCES } from '../../../shared/core/configuration/managedKinds.ts';
import { deleteSource } from '../../../shared/edge/eventSources/manageSource.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

app.http('eventSource', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/eventSources/{id}',
  authLevel: 'anonymous',
  handler: onHttp({ ...manageDocument(EVENT_SOURCES), DELETE: deleteSource }),
});

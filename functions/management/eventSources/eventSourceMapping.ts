import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { changeMapping, showMapping } from '../../../shared/edge/eventSources/manageMapping.ts';

app.http('eventSourceMapping', {
  methods: ['GET', 'HEAD', 'PATCH'],
  route: 'api/deviceManagement/eventSources/{id}/mapping',
  authLevel: 'anonymous',
  handler: onHttp({ GET: showMapping, PATCH: changeMapping }),
});

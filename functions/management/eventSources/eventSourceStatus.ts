import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { showStatus } from '../../../shared/edge/eventSources/manageSource.ts';

app.http('eventSourceStatus', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/eventSources/{id}/status',
  authLevel: 'anonymous',
  handler: onHttp(showStatus),
});

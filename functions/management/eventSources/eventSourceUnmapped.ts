import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { listUnmapped } from '../../../shared/edge/eventSources/manageSource.ts';

app.http('eventSourceUnmapped', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/eventSources/{id}/unmapped',
  authLevel: 'anonymous',
  handler: onHttp(listUnmapped),
});

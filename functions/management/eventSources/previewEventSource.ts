import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { preview } from '../../../shared/edge/eventSources/manageSource.ts';

app.http('previewEventSource', {
  methods: ['POST'],
  route: 'api/deviceManagement/eventSources/{id}/preview',
  authLevel: 'anonymous',
  handler: onHttp(preview),
});

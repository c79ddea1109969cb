import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { pullNow } from '../../../shared/edge/eventSources/pullNow.ts';

app.http('pullEventSourceNow', {
  methods: ['POST'],
  route: 'api/deviceManagement/eventSources/{id}/pullNow',
  authLevel: 'anonymous',
  handler: onHttp(pullNow),
});

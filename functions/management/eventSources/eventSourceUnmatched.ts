import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { listUnmatched } from '../../../shared/edge/eventSources/manageSource.ts';

app.http('eventSourceUnmatched', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/eventSources/{id}/unmatched',
  authLevel: 'anonymous',
  handler: onHttp(listUnmatched),
});

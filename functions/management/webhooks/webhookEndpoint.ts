import { app } from '@azure/functions';
import {
  deleteEndpoint,
  readEndpoint,
  updateEndpoint,
} from '../../../shared/edge/webhooks/manageEndpoints.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('webhookEndpoint', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/webhookEndpoints/{id}',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readEndpoint, PATCH: updateEndpoint, DELETE: deleteEndpoint }),
});

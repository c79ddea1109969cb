import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import {
  deleteEndpoint,
  readEndpoint,
  updateEndpoint,
} from '../../../shared/edge/webhooks/manageEndpoints.ts';

app.http('webhookEndpoint', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/webhookEndpoints/{id}',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readEndpoint, PATCH: updateEndpoint, DELETE: deleteEndpoint }),
});

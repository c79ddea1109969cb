import { app } from '@azure/functions';
import { createEndpoint, listEndpoints } from '../../../shared/edge/webhooks/manageEndpoints.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('webhookEndpoints', {
  methods: ['GET', 'POST'],
  route: 'api/webhookEndpoints',
  authLevel: 'anonymous',
  handler: onHttp({ GET: listEndpoints, POST: createEndpoint }),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { createEndpoint, listEndpoints } from '../../../shared/edge/webhooks/manageEndpoints.ts';

app.http('webhookEndpoints', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/webhookEndpoints',
  authLevel: 'anonymous',
  handler: onHttp({ GET: listEndpoints, POST: createEndpoint }),
});

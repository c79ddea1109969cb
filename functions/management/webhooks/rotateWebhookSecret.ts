import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { rotateSecret } from '../../../shared/edge/webhooks/manageEndpoints.ts';

app.http('rotateWebhookSecret', {
  methods: ['POST'],
  route: 'api/webhookEndpoints/{id}/rotateSecret',
  authLevel: 'anonymous',
  handler: onHttp(rotateSecret),
});

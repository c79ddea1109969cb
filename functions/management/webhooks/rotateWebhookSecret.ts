import { app } from '@azure/functions';
import { rotateSecret } from '../../../shared/edge/webhooks/manageEndpoints.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('rotateWebhookSecret', {
  methods: ['POST'],
  route: 'api/webhookEndpoints/{id}/rotateSecret',
  authLevel: 'anonymous',
  handler: onHttp(rotateSecret),
});

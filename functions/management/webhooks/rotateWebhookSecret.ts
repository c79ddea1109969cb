import { app } from '@azure/functions';
import { reply } from '../../../shared/edge/http/reply.ts';
import { rotateSecret } from '../../../shared/edge/webhooks/manageEndpoints.ts';

app.http('rotateWebhookSecret', {
  methods: ['POST'],
  route: 'api/webhookEndpoints/{id}/rotateSecret',
  authLevel: 'anonymous',
  handler: reply(rotateSecret),
});

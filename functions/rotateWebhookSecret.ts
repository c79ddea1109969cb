import { app } from '@azure/functions';
import { reply } from '../shared/http/reply.ts';
import { rotateSecret } from '../shared/webhooks/manageEndpoints.ts';

app.http('rotateWebhookSecret', {
  methods: ['POST'],
  route: 'api/webhookEndpoints/{id}/rotateSecret',
  authLevel: 'anonymous',
  handler: reply(rotateSecret),
});

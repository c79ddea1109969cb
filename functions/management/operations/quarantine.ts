import { app } from '@azure/functions';
import { reply } from '../../../shared/edge/http/reply.ts';
import { listQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';

app.http('quarantine', {
  methods: ['GET'],
  route: 'api/quarantine',
  authLevel: 'anonymous',
  handler: reply(listQuarantine),
});

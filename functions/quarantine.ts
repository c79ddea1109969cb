import { app } from '@azure/functions';
import { reply } from '../shared/http/reply.ts';
import { listQuarantine } from '../shared/quarantine/manageQuarantine.ts';

app.http('quarantine', {
  methods: ['GET'],
  route: 'api/quarantine',
  authLevel: 'anonymous',
  handler: reply(listQuarantine),
});

import { app } from '@azure/functions';
import { reply } from '../shared/http/reply.ts';
import { replayFromQuarantine } from '../shared/quarantine/manageQuarantine.ts';

app.http('replayQuarantinedRequest', {
  methods: ['POST'],
  route: 'api/quarantine/{name}/replay',
  authLevel: 'anonymous',
  handler: reply(replayFromQuarantine),
});

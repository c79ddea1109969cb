import { app } from '@azure/functions';
import { reply } from '../../../shared/edge/http/reply.ts';
import { replayFromQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';

app.http('replayQuarantinedRequest', {
  methods: ['POST'],
  route: 'api/quarantine/{name}/replay',
  authLevel: 'anonymous',
  handler: reply(replayFromQuarantine),
});

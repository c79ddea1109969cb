import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { replayFromQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';

app.http('replayQuarantinedRequest', {
  methods: ['POST'],
  route: 'api/quarantine/{name}/replay',
  authLevel: 'anonymous',
  handler: onHttp(replayFromQuarantine),
});

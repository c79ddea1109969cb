import { app } from '@azure/functions';
import { replayFromQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('replayQuarantinedRequest', {
  methods: ['POST'],
  route: 'api/quarantine/{name}/replay',
  authLevel: 'anonymous',
  handler: onHttp(replayFromQuarantine),
});

import { app } from '@azure/functions';
import {
  removeFromQuarantine,
  readQuarantined,
} from '../../../shared/edge/management/manageQuarantine.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('quarantinedRequest', {
  methods: ['GET', 'DELETE'],
  route: 'api/quarantine/{name}',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readQuarantined, DELETE: removeFromQuarantine }),
});

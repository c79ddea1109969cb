import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import {
  removeFromQuarantine,
  readQuarantined,
} from '../../../shared/edge/management/manageQuarantine.ts';

app.http('quarantinedRequest', {
  methods: ['GET', 'HEAD', 'DELETE'],
  route: 'api/quarantine/{name}',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readQuarantined, DELETE: removeFromQuarantine }),
});

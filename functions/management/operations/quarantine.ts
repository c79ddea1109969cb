import { app } from '@azure/functions';
import { listQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('quarantine', {
  methods: ['GET'],
  route: 'api/quarantine',
  authLevel: 'anonymous',
  handler: onHttp(listQuarantine),
});

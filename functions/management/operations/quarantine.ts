import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { listQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';

app.http('quarantine', {
  methods: ['GET'],
  route: 'api/quarantine',
  authLevel: 'anonymous',
  handler: onHttp(listQuarantine),
});

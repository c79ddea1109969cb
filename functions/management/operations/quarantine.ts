import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { listQuarantine } from '../../../shared/edge/management/manageQuarantine.ts';

app.http('quarantine', {
  methods: ['GET', 'HEAD'],
  route: 'api/quarantine',
  authLevel: 'anonymous',
  handler: onHttp(listQuarantine),
});

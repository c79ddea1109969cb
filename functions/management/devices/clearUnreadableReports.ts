import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { clearUnreadableReports } from '../../../shared/edge/management/clearUnreadableReports.ts';

app.http('clearUnreadableReports', {
  methods: ['POST'],
  route: 'api/deviceManagement/managedDevices/{id}/clearUnreadableReports',
  authLevel: 'anonymous',
  handler: onHttp(clearUnreadableReports),
});

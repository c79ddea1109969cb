import { app } from '@azure/functions';
import { confirmLeavers } from '../../../shared/edge/management/manageEnrolment.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('confirmLeavers', {
  methods: ['POST'],
  route: 'api/deviceManagement/enrolmentSync/confirm',
  authLevel: 'anonymous',
  handler: onHttp(confirmLeavers),
});

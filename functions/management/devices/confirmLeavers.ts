import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { confirmLeavers } from '../../../shared/edge/management/manageEnrolment.ts';

app.http('confirmLeavers', {
  methods: ['POST'],
  route: 'api/deviceManagement/enrolmentSync/confirm',
  authLevel: 'anonymous',
  handler: onHttp(confirmLeavers),
});

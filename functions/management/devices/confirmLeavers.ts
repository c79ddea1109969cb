import { app } from '@azure/functions';
import { confirmLeavers } from '../../../shared/edge/management/manageEnrolment.ts';
import { reply } from '../../../shared/edge/http/reply.ts';

app.http('confirmLeavers', {
  methods: ['POST'],
  route: 'api/deviceManagement/enrolmentSync/confirm',
  authLevel: 'anonymous',
  handler: reply(confirmLeavers),
});

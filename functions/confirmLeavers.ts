import { app } from '@azure/functions';
import { confirmLeavers } from '../shared/enrolment/manageEnrolment.ts';
import { reply } from '../shared/http/reply.ts';

app.http('confirmLeavers', {
  methods: ['POST'],
  route: 'api/deviceManagement/enrolmentSync/confirm',
  authLevel: 'anonymous',
  handler: reply(confirmLeavers),
});

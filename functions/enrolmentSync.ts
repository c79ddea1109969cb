import { app } from '@azure/functions';
import { readEnrolment } from '../shared/enrolment/manageEnrolment.ts';
import { reply } from '../shared/http/reply.ts';

app.http('enrolmentSync', {
  methods: ['GET'],
  route: 'api/deviceManagement/enrolmentSync',
  authLevel: 'anonymous',
  handler: reply(readEnrolment),
});

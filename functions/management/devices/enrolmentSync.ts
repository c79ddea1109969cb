import { app } from '@azure/functions';
import { readEnrolment } from '../../../shared/edge/management/manageEnrolment.ts';
import { reply } from '../../../shared/edge/http/reply.ts';

app.http('enrolmentSync', {
  methods: ['GET'],
  route: 'api/deviceManagement/enrolmentSync',
  authLevel: 'anonymous',
  handler: reply(readEnrolment),
});

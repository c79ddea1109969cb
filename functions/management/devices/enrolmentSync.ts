import { app } from '@azure/functions';
import { readEnrolment } from '../../../shared/edge/management/manageEnrolment.ts';
import { onHttp } from '../../../shared/compose.ts';

app.http('enrolmentSync', {
  methods: ['GET'],
  route: 'api/deviceManagement/enrolmentSync',
  authLevel: 'anonymous',
  handler: onHttp(readEnrolment),
});

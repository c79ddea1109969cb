import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { readEnrolment } from '../../../shared/edge/management/manageEnrolment.ts';

app.http('enrolmentSync', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/enrolmentSync',
  authLevel: 'anonymous',
  handler: onHttp(readEnrolment),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import {
  readProgress,
  requestReevaluation,
} from '../../../shared/edge/management/manageReevaluation.ts';

/** `GET` shows the progress of a pass; `POST` evaluates one device again, or starts a pass over all devices. */
app.http('reevaluation', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/deviceManagement/reevaluation',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readProgress, POST: requestReevaluation }),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { REPORT_FAULTS } from '../../../shared/core/configuration/managedKinds.ts';
import { listManaged } from '../../../shared/edge/management/manageDocuments.ts';

app.http('reportFaults', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/reportFaults',
  authLevel: 'anonymous',
  handler: onHttp(listManaged(REPORT_FAULTS)),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { REPORT_FAULTS } from '../../../shared/core/configuration/managedKinds.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

// PATCH says what an unknown word means; DELETE lets the worker count it from the beginning.
app.http('reportFault', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/reportFaults/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(REPORT_FAULTS)),
});

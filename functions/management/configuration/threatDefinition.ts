import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { THREAT_OVERRIDES } from '../../../shared/core/configuration/managedKinds.ts';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';

// PATCH overrides the catalogue for this organisation; DELETE removes the override.
app.http('threatDefinition', {
  methods: ['GET', 'HEAD', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/threatDefinitions/{id}',
  authLevel: 'anonymous',
  handler: onHttp(manageDocument(THREAT_OVERRIDES)),
});

import { app } from '@azure/functions';
import { manageDocument } from '../../../shared/edge/management/manageDocuments.ts';
import { reply } from '../../../shared/edge/http/reply.ts';
import { THREAT_OVERRIDES } from '../../../shared/core/configuration/managedKinds.ts';

// PATCH says what is otherwise in this organisation; DELETE goes back to the catalogue.
app.http('threatDefinition', {
  methods: ['GET', 'PATCH', 'DELETE'],
  route: 'api/deviceManagement/threatDefinitions/{id}',
  authLevel: 'anonymous',
  handler: reply(manageDocument(THREAT_OVERRIDES)),
});

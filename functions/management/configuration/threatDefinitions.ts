import { app } from '@azure/functions';
import {
  THREAT_CATALOGUE,
  THREAT_CATALOGUE_VERSION,
  effectiveThreat,
} from '../../../shared/domain/threats/threatCatalogue.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import {
  readOptions,
  requireConfigurationRole,
} from '../../../shared/edge/management/manageDocuments.ts';
import { reply, type HandlerContext } from '../../../shared/edge/http/reply.ts';

/** What low, medium and high mean: every threat type, as the organisation wants it. */
export async function threatDefinitions(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  readOptions(request, []);
  const { threatOverrides } = await context.services.configuration.load();
  const value = THREAT_CATALOGUE.map(({ threatType }) => ({
    id: threatType,
    ...effectiveThreat(threatType, threatOverrides),
  }));
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    jsonBody: { catalogueVersion: THREAT_CATALOGUE_VERSION, value },
  };
}

app.http('threatDefinitions', {
  methods: ['GET'],
  route: 'api/deviceManagement/threatDefinitions',
  authLevel: 'anonymous',
  handler: reply(threatDefinitions),
});

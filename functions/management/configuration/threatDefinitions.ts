import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { COST_OF_A_PAGE } from '../../../shared/core/decisions/rateLimit.ts';
import {
  THREAT_CATALOGUE,
  THREAT_CATALOGUE_VERSION,
  effectiveThreat,
} from '../../../shared/domain/threats/threatCatalogue.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { rejectUnknownOptions } from '../../../shared/edge/http/queryOptions.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** Lists every threat type with its severity, which the organisation may override. */
export async function threatDefinitions(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  rejectUnknownOptions(request, []);
  const { threatOverrides } = await context.services.configuration.load();
  const value = THREAT_CATALOGUE.map(({ threatType }) => ({
    id: threatType,
    ...effectiveThreat(threatType, threatOverrides),
  }));
  return noStore({ status: 200, jsonBody: { catalogueVersion: THREAT_CATALOGUE_VERSION, value } });
}

app.http('threatDefinitions', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/threatDefinitions',
  authLevel: 'anonymous',
  handler: onHttp(threatDefinitions),
});

import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { COST_OF_A_PAGE } from '../../../shared/core/decisions/rateLimit.ts';
import { toSetupSteps } from '../../../shared/core/setup/setupSteps.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** Lists the setup steps before the first device can be evaluated, and which of them are done. */
export async function getSetup(request: HttpRequest, context: HandlerContext): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  const { services } = context;
  const [configuration, milestones, managedDeviceCount] = await Promise.all([
    services.configuration.load(),
    services.milestones.list(),
    services.devices.countManaged(),
  ]);
  const steps = toSetupSteps({
    webhookSecretCount: services.config.webhookSecrets.length,
    milestones,
    managedDeviceCount,
    configuration,
  });
  return noStore({
    status: 200,
    jsonBody: { isComplete: steps.every(({ isDone }) => isDone), steps },
  });
}

app.http('getSetup', {
  methods: ['GET', 'HEAD'],
  route: 'api/setup',
  authLevel: 'anonymous',
  handler: onHttp(getSetup),
});

import { app } from '@azure/functions';
import { defined } from '../../../shared/base/defined.ts';
import { onHttp } from '../../../shared/compose.ts';
import { COST_OF_A_PAGE } from '../../../shared/core/decisions/rateLimit.ts';
import { breakerEndDateTime, deviceClock } from '../../../shared/domain/compliance/deviceClock.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';

/** Returns the state of the silence breaker, and how many devices would be silent without it. */
export async function silenceBreaker(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: COST_OF_A_PAGE });
  const { services } = context;
  const configuration = await services.configuration.load();
  const withoutBreaker = { ...configuration, silenceBreaker: { state: 'closed' } as const };
  const [silentDeviceCount, managedDeviceCount] = await Promise.all([
    services.devices.countSilent(deviceClock(withoutBreaker, services.now().toISOString())),
    services.devices.countManaged(),
  ]);
  return noStore({
    status: 200,
    jsonBody: {
      ...configuration.silenceBreaker,
      ...defined({ endDateTime: breakerEndDateTime(configuration) }),
      silentDeviceCount,
      managedDeviceCount,
    },
  });
}

app.http('silenceBreaker', {
  methods: ['GET', 'HEAD'],
  route: 'api/deviceManagement/silenceBreaker',
  authLevel: 'anonymous',
  handler: onHttp(silenceBreaker),
});

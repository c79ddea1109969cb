import { app } from '@azure/functions';
import { onHttp } from '../../../shared/compose.ts';
import { changeConfiguration } from '../../../shared/core/configuration/changeConfiguration.ts';
import { confirmSilenceOf } from '../../../shared/core/configuration/confirmSilenceOf.ts';
import { SILENCE_BREAKERS } from '../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../shared/core/ports/configuration.ts';
import type { HandlerContext } from '../../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../../shared/edge/http/http.ts';
import { noStore } from '../../../shared/edge/http/noStore.ts';
import { requireConfigurationRole } from '../../../shared/edge/management/requireConfigurationRole.ts';
import { toChange } from '../../../shared/edge/management/toChange.ts';

/**
 * Confirms that the devices are really silent. The open silence breaker no longer stops their clocks, so they become
 * noncompliant. Repeating it does no harm.
 */
export async function confirmSilence(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  const now = context.services.now().toISOString();
  const breaker = await changeConfiguration(context.services, {
    ...toChange(request, context, caller, SILENCE_BREAKERS),
    activity: 'confirm',
    documentId: SINGLETON_ID,
    apply: (before) => confirmSilenceOf(before, now),
    // The operator confirms exactly that devices lose their access, so no `?confirm=true` is needed.
    isConfirmed: true,
  });
  return noStore({
    status: 200,
    jsonBody: { state: breaker?.['state'], confirmedDateTime: breaker?.['confirmedDateTime'] },
  });
}

app.http('confirmSilence', {
  methods: ['POST'],
  route: 'api/deviceManagement/silenceBreaker/confirm',
  authLevel: 'anonymous',
  handler: onHttp(confirmSilence),
});

import { app, type InvocationContext, type Timer } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { retryDue } from '../../shared/core/publishing/retryDuePublications.ts';

/** Standard Webhooks: a receiver has 15 seconds at least. */
const TIMEOUT_IN_MILLISECONDS = 15_000;
/** Under the minute after which a schedule has its next run. */
const RUN_IN_MILLISECONDS = 40_000;

/** Tells the targets what they could not be told at once. Throwing loses nothing: the next run finds it still due. */
export async function retryPublications(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = getServices();
  const { visited, failed } = await retryDue({
    ...services,
    retry: services.queues.announcementRetry,
    timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
    runInMilliseconds: RUN_IN_MILLISECONDS,
    log: toLog(context),
  });
  if (visited > 0)
    context.log(`told of ${String(visited)} devices again, ${String(failed)} failed`);
}

app.timer('retryPublications', {
  schedule: '%PUBLICATION_RETRY_SCHEDULE%',
  useMonitor: false,
  handler: retryPublications,
});

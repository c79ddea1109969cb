import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { retryDuePublications } from '../../shared/core/publishing/retryDuePublications.ts';
import { resealStreams } from '../../shared/edge/eventStreams/resealStreams.ts';

/** Standard Webhooks: a receiver gets at least 15 seconds. */
const TIMEOUT_IN_MILLISECONDS = 15_000;
/** Below the minute between two runs of the schedule. */
const RUN_IN_MILLISECONDS = 40_000;

/** Retries failed deliveries, and keeps the secrets of receivers under the newest key. If a run throws, the next run finds them still due. */
export async function retryPublications({ services, log }: JobContext): Promise<void> {
  const { visited, failed } = await retryDuePublications({
    ...services,
    retry: services.queues.announcementRetry,
    timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
    runInMilliseconds: RUN_IN_MILLISECONDS,
    log,
  });
  const resealed = await resealStreams(services);
  if (resealed > 0)
    log.info(`sealed the headers of ${String(resealed)} event streams by the new key`);
  if (visited > 0)
    log.info(`retried deliveries of ${String(visited)} devices, ${String(failed)} failed`);
}

app.timer('retryPublications', {
  schedule: '%PUBLICATION_RETRY_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(retryPublications),
});

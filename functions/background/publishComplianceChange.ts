import { app } from '@azure/functions';
import { type JobContext, onMessage } from '../../shared/compose.ts';
import { publishBatch } from '../../shared/core/publishing/publishBatch.ts';
import { COMPLIANCE_CHANGES_QUEUE } from '../../shared/resources.ts';

/** Short, so a slow target does not delay the others: `retryPublications` delivers to it with a longer timeout. */
const TIMEOUT_IN_MILLISECONDS = 2000;

/**
 * Delivers announcements to every target. Returning settles every message: it was delivered, stored with the time of
 * its next try, queued again, or dead-lettered. Throwing abandons all messages, and the broker delivers them again.
 */
export async function publishComplianceChange(
  bodies: readonly unknown[],
  { services, log }: JobContext,
): Promise<void> {
  await publishBatch(
    {
      ...services,
      retry: services.queues.announcementRetry,
      timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
      log,
    },
    bodies,
  );
}

app.serviceBusQueue('publishComplianceChange', {
  queueName: COMPLIANCE_CHANGES_QUEUE.name,
  connection: 'ServiceBusConnection',
  cardinality: 'many',
  handler: onMessage(publishComplianceChange),
});

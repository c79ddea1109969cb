import { app, type InvocationContext } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { publishBatch } from '../../shared/core/publishing/publishBatch.ts';
import { COMPLIANCE_CHANGES_QUEUE } from '../../shared/resources.ts';

/** Short: who answers later is told by `retryPublications`, and keeps nobody waiting here. */
const TIMEOUT_IN_MILLISECONDS = 2000;

/**
 * Tells everybody who is to be told what has happened to devices. Returning settles every message: each has been told,
 * is kept with the time of its next try, was sent again, or dead-lettered. Throwing abandons them all: they come again.
 */
export async function publishComplianceChange(
  messages: unknown,
  context: InvocationContext,
): Promise<void> {
  const services = getServices();
  await publishBatch(
    {
      ...services,
      retry: services.queues.announcementRetry,
      timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
      log: toLog(context),
    },
    Array.isArray(messages) ? messages : [messages],
  );
}

app.serviceBusQueue('publishComplianceChange', {
  queueName: COMPLIANCE_CHANGES_QUEUE.name,
  connection: 'ServiceBusConnection',
  cardinality: 'many',
  handler: publishComplianceChange,
});

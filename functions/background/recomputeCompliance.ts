import { app } from '@azure/functions';
import { type JobContext, onMessage } from '../../shared/compose.ts';
import { recomputeBatch } from '../../shared/core/devices/recomputeBatch.ts';
import { DEVICE_SIGNALS_QUEUE } from '../../shared/resources.ts';

/**
 * Merges a batch of signals into their devices. Returning settles every message: it was stored in Cosmos DB, queued
 * again, or dead-lettered. Throwing abandons all messages, and the broker delivers them again.
 */
export async function recomputeCompliance(
  bodies: readonly unknown[],
  { services, log }: JobContext,
): Promise<void> {
  await recomputeBatch(
    { ...services, announcements: services.queues, retry: services.queues.signalRetry, log },
    bodies,
    services.now().toISOString(),
  );
}

app.serviceBusQueue('recomputeCompliance', {
  queueName: DEVICE_SIGNALS_QUEUE.name,
  connection: 'ServiceBusConnection',
  cardinality: 'many',
  handler: onMessage(recomputeCompliance),
});

import { app, type InvocationContext } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { recomputeBatch } from '../../shared/core/devices/recomputeBatch.ts';
import { DEVICE_SIGNALS_QUEUE } from '../../shared/resources.ts';

/**
 * Brings a batch of signals into their devices. Returning settles every message: each is in Cosmos DB, sent again, or
 * dead-lettered. Throwing abandons them all: they come again.
 */
export async function recomputeCompliance(
  messages: unknown,
  context: InvocationContext,
): Promise<void> {
  const services = getServices();
  const bodies: readonly unknown[] = Array.isArray(messages) ? messages : [messages];
  await recomputeBatch(
    {
      ...services,
      announcements: services.queues,
      retry: services.queues.signalRetry,
      log: toLog(context),
    },
    bodies,
    services.now().toISOString(),
  );
}

app.serviceBusQueue('recomputeCompliance', {
  queueName: DEVICE_SIGNALS_QUEUE.name,
  connection: 'ServiceBusConnection',
  cardinality: 'many',
  handler: recomputeCompliance,
});

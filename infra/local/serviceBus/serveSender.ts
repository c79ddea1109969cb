import rhea from 'rhea';
import { confirmAddresses, type ReceiverLink } from './amqpLink.ts';
import type { MessageQueue } from './messageQueue.ts';
import type { QueueCounters } from './serveReceiver.ts';
import { fromTransfer } from './wireMessage.ts';

const CREDIT = 500;
/** Of the standard tier; the client measures its batches by it. */
const MAX_MESSAGE_SIZE_IN_BYTES = 256 * 1024;

/** What can be made to fail. */
export interface SendFaults {
  /** How many of the next transfers are refused. */
  refusedSends: number;
}

/** Serves a client that sends to `queue`: a transfer is accepted once the queue has its messages. */
export function serveSender(
  link: ReceiverLink,
  queue: MessageQueue,
  counters: QueueCounters,
  faults: SendFaults,
): void {
  confirmAddresses(link);
  link.local.attach['max_message_size'] = MAX_MESSAGE_SIZE_IN_BYTES;
  link.add_credit(CREDIT);
  link.on('message', ({ message, delivery }) => {
    link.add_credit(1);
    if (faults.refusedSends > 0) {
      faults.refusedSends -= 1;
      refuse(delivery, 'com.microsoft:server-busy', 'refused as asked for');
      return;
    }
    const messages = fromTransfer(message, delivery.format);
    if (messages.some(({ group_id: session }) => session !== undefined && session !== null)) {
      refuse(
        delivery,
        'amqp:not-implemented',
        'sessions are not supported by the local Service Bus broker',
      );
      return;
    }
    queue.sendAll(messages);
    counters.sent += messages.length;
    delivery.update(true, outcomes.accepted().described());
  });
}

const outcomes = rhea.message as unknown as {
  accepted(): { described(): unknown };
  rejected(fields: object): { described(): unknown };
};

function refuse(
  delivery: { update(settled: boolean, state?: unknown): void },
  condition: string,
  description: string,
): void {
  delivery.update(true, outcomes.rejected({ error: { condition, description } }).described());
}

import { confirmAddresses, type Delivery, type ReceiverLink } from './amqpLink.ts';
import type { MessageQueue } from './messageQueue.ts';
import { acceptedOutcome, rejectedOutcome } from './outcomes.ts';
import type { QueueCounters } from './queueCounters.ts';
import { encode, fromTransfer } from './wireMessage.ts';
import type { AmqpMessage } from './message.ts';

const CREDIT = 500;
/**
 * The limit of the standard tier, for a message and for a batch; clients size their batches by it
 * (learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas).
 */
const MAX_MESSAGE_SIZE_IN_BYTES = 256 * 1024;

/** Faults that a test injects. */
export interface SendFaults {
  /** How many of the next transfers are rejected. */
  refusedSends: number;
}

/** Serves a client that sends to `queue`: accepts a transfer once the queue has stored its messages. */
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
      reject(delivery, 'com.microsoft:server-busy', 'rejected by an injected fault');
      return;
    }
    if (sizeOf(message) > MAX_MESSAGE_SIZE_IN_BYTES) {
      const description = `the message has more than ${String(MAX_MESSAGE_SIZE_IN_BYTES)} bytes`;
      reject(delivery, 'amqp:link:message-size-exceeded', description);
      return;
    }
    const messages = fromTransfer(message, delivery.format);
    if (messages.some(({ group_id: session }) => session !== undefined && session !== null)) {
      const description = 'sessions are not supported by the local Service Bus broker';
      reject(delivery, 'amqp:not-implemented', description);
      return;
    }
    queue.sendAll(messages);
    counters.sent += messages.length;
    delivery.update(true, acceptedOutcome());
  });
}

/** The size on the wire. A batch arrives undecoded. */
function sizeOf(message: unknown): number {
  return (Buffer.isBuffer(message) ? message : encode(message as AmqpMessage)).length;
}

function reject(delivery: Delivery, condition: string, description: string): void {
  delivery.update(true, rejectedOutcome(condition, description));
}

import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { QUEUES } from '../../shared/resources.ts';

const PEEKED_MESSAGES = 100;

/** Peeks at the queues directly, not through a wire. Each call fails while the broker is down. */
export interface QueueObserver {
  isEmpty(): Promise<boolean>;
  /** Whether every message enqueued before `moment` (milliseconds since 1970) is gone. */
  hasNothingFrom(moment: number): Promise<boolean>;
  deadLetters(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

type Peek = (count: number) => Promise<readonly ServiceBusReceivedMessage[]>;

export function observeQueues(connection: string): QueueObserver {
  const retryOptions = { maxRetries: 1, retryDelayInMs: 100, timeoutInMs: 2000 };
  const client = new ServiceBusClient(connection, { retryOptions });
  const queues = QUEUES.map(({ name }) => fromTheFirst(client.createReceiver(name)));
  const deadLetters = QUEUES.map(({ name }) =>
    fromTheFirst(client.createReceiver(name, { subQueueType: 'deadLetter' })),
  );
  // In the order in which messages move: one that has left a queue is found in the next.
  const peekAll = async (
    peeks: readonly Peek[],
    count: number,
  ): Promise<readonly ServiceBusReceivedMessage[]> => {
    const found: ServiceBusReceivedMessage[] = [];
    for (const peek of peeks) found.push(...(await peek(count)));
    return found;
  };
  return {
    isEmpty: async () => (await peekAll(queues, 1)).length === 0,
    hasNothingFrom: async (moment) => {
      const messages = await peekAll(queues, PEEKED_MESSAGES);
      return messages.every(({ enqueuedTimeUtc }) => (enqueuedTimeUtc?.getTime() ?? 0) >= moment);
    },
    deadLetters: async () =>
      (await peekAll(deadLetters, PEEKED_MESSAGES)).map(
        ({ deadLetterReason, applicationProperties, body }) =>
          JSON.stringify({ deadLetterReason, applicationProperties, body: body as unknown }),
      ),
    stop: () => client.close(),
  };
}

/** Peeks from the first message. By default the client continues after the last one that it saw. */
function fromTheFirst(receiver: ReturnType<ServiceBusClient['createReceiver']>): Peek {
  let first: ServiceBusReceivedMessage['sequenceNumber'];
  return async (count) => {
    const messages = await receiver.peekMessages(
      count,
      first === undefined ? {} : { fromSequenceNumber: first },
    );
    const [{ sequenceNumber } = {}] = messages;
    first ??= sequenceNumber?.subtract(sequenceNumber);
    return messages;
  };
}

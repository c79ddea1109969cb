import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { QUEUES } from '../../shared/resources.ts';

const LOOKED_AT = 100;

/** Looks into the queues, past every wire, and takes nothing. Each question fails while the broker is away. */
export interface QueueObserver {
  isEmpty(): Promise<boolean>;
  /** Whether nothing waits that was there before `moment`; milliseconds since 1970. */
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
  // One after the other, the way that messages go: what is done in one by then waits in the next.
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
      const messages = await peekAll(queues, LOOKED_AT);
      return messages.every(({ enqueuedTimeUtc }) => (enqueuedTimeUtc?.getTime() ?? 0) >= moment);
    },
    deadLetters: async () =>
      (await peekAll(deadLetters, LOOKED_AT)).map(
        ({ deadLetterReason, applicationProperties, body }) =>
          JSON.stringify({ deadLetterReason, applicationProperties, body: body as unknown }),
      ),
    stop: () => client.close(),
  };
}

/** The client goes on from what it saw last, unless it is given a number; the type of which only a message has. */
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

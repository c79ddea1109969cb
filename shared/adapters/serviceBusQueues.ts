import { createHash, randomUUID } from 'node:crypto';
import {
  ServiceBusClient,
  isServiceBusError,
  type ServiceBusMessage,
  type ServiceBusReceiver,
  type ServiceBusSender,
} from '@azure/service-bus';
import { answerWithin } from '../base/answerWithin.ts';
import { ConnectorError } from '../base/connectorError.ts';
import { toDeadLetter } from '../core/devices/deadLetter.ts';
import type { Connection } from '../settings/readSetting.ts';
import type { MessageRetry, Queues } from '../core/ports/queues.ts';
import { packSignals } from '../core/devices/packSignals.ts';
import { COMPLIANCE_CHANGES_QUEUE, DEVICE_SIGNALS_QUEUE } from '../resources.ts';
import { createCredential } from './credential.ts';

const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000, timeoutInMs: 5000 };
const DEAD_LETTER_TIME_TO_LIVE_IN_MILLISECONDS = 1;
const MAX_PROPERTY_LENGTH = 1024;
/** Of Service Bus (its quotas, message identifier); the id of a device may be longer. */
const MAX_MESSAGE_ID_LENGTH = 128;

/** A client and what was made of it. */
interface Opened {
  readonly client: ServiceBusClient;
  readonly signals: ServiceBusSender;
  readonly changes: ServiceBusSender;
  readonly prober: ServiceBusReceiver;
  /** How many calls wait for it. */
  busy: number;
}

type Ask = <T>(call: (opened: Opened) => Promise<T>) => Promise<T>;

/** Both queues. Nothing is sent before the first call; each call resolves once the broker has the messages. */
export function openServiceBusQueues(
  connection: Connection,
  retryOptions: typeof RETRIES = RETRIES,
): Queues {
  const { maxRetries, maxRetryDelayInMs, timeoutInMs } = retryOptions;
  // The client bounds a send, but not the opening of what it sends by.
  const patienceInMilliseconds = (maxRetries + 1) * (timeoutInMs + maxRetryDelayInMs);
  let current = open(connection, retryOptions);
  let isClosed = false;

  /**
   * Asks once. A client that was not answered in all its tries is given up for a new one: it may wait on a connection
   * that is gone for a minute, or for ever, and every later call behind it. What it still does for others it ends.
   */
  const ask: Ask = async (call) => {
    const opened = current;
    opened.busy += 1;
    try {
      return await answerWithin(patienceInMilliseconds, call(opened));
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'messageInvalid') throw error;
      if (opened === current && !isClosed && isUnanswered(error))
        current = open(connection, retryOptions);
      throw isThrottling(error)
        ? new ConnectorError('activityLimitReached', 'Service Bus is throttling', { cause: error })
        : new ConnectorError('serviceNotAvailable', 'Service Bus does not answer', {
            cause: error,
          });
    } finally {
      opened.busy -= 1;
      if (opened !== current && opened.busy === 0) opened.client.close().catch(() => undefined);
    }
  };

  return {
    name: 'serviceBus',

    async check() {
      await ask(({ prober }) => prober.peekMessages(1));
    },

    async send(accepted) {
      // Bytes are sent as they are: the same on the wire as the object, without writing it as text twice.
      const messages = packSignals(accepted).map(({ first, text }) =>
        toMessage(Buffer.from(text), { messageId: first.signalId }),
      );
      await ask(({ signals }) => sendAll(signals, messages));
    },

    signalRetry: createRetry(ask, ({ signals }) => signals),
    announcementRetry: createRetry(ask, ({ changes }) => changes),

    async publish(announcements) {
      const messages = announcements.map((announcement) =>
        toMessage(announcement, { messageId: toMessageId(announcement.id) }),
      );
      await ask(({ changes }) => sendAll(changes, messages));
    },

    close() {
      isClosed = true;
      return current.client.close();
    },
  };
}

function open(connection: Connection, retryOptions: typeof RETRIES): Opened {
  const client = createClient(connection, retryOptions);
  return {
    client,
    signals: client.createSender(DEVICE_SIGNALS_QUEUE.name),
    changes: client.createSender(COMPLIANCE_CHANGES_QUEUE.name),
    prober: client.createReceiver(DEVICE_SIGNALS_QUEUE.name),
    busy: 0,
  };
}

/** Each copy has an id of its own: the queue would take it for the repeat of the message that it is a copy of. */
function createRetry(ask: Ask, senderOf: (opened: Opened) => ServiceBusSender): MessageRetry {
  const send = (body: unknown, properties: Partial<ServiceBusMessage>): Promise<void> =>
    ask((opened) =>
      senderOf(opened).sendMessages(toMessage(body, { messageId: randomUUID(), ...properties })),
    );
  return {
    sendLater: (body, delayInSeconds) =>
      send(body, { scheduledEnqueueTimeUtc: new Date(Date.now() + delayInSeconds * 1000) }),

    deadLetter: (body, { code, reason: whole }) => {
      const reason = whole.slice(0, MAX_PROPERTY_LENGTH);
      // Only a receiver can dead-letter, and the runtime holds it. A message that expires on arrival goes to the
      // dead-letter queue by itself; the queue is told to do so. One that is received before says what it is.
      return send(toDeadLetter(body, { code, reason }), {
        timeToLive: DEAD_LETTER_TIME_TO_LIVE_IN_MILLISECONDS,
        applicationProperties: { failureCode: code, failureReason: reason },
      });
    },
  };
}

function createClient(connection: Connection, retryOptions: typeof RETRIES): ServiceBusClient {
  if (connection.kind === 'connectionString') {
    return new ServiceBusClient(connection.connectionString, { retryOptions });
  }
  const credential = createCredential(connection.clientId);
  return new ServiceBusClient(connection.endpoint, credential, { retryOptions });
}

function toMessage(body: unknown, properties: Partial<ServiceBusMessage>): ServiceBusMessage {
  return { body, contentType: 'application/json', ...properties };
}

/** An id that Service Bus takes; one name stays one id, so a repeat is still recognised. */
function toMessageId(name: string): string {
  return name.length > MAX_MESSAGE_ID_LENGTH
    ? createHash('sha256').update(name).digest('base64url')
    : name;
}

/** As few batches as the queue's message size allows. */
async function sendAll(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    if (!batch.tryAddMessage(message)) {
      throw new ConnectorError('messageInvalid', 'a message is larger than the queue takes');
    }
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}

/** What the client says of a broker that it did not reach, or that did not answer. */
const UNANSWERED = new Set<unknown>([
  'ServiceTimeout',
  'ServiceCommunicationProblem',
  'GeneralError',
]);

/**
 * Whether nothing came back, where another connection may do better: neither a refusal of the broker, nor of who gives
 * the tokens for it, nor a fault of ours. After its own retries the client throws what each of them met.
 */
function isUnanswered(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnanswered);
  if (isServiceBusError(error)) return UNANSWERED.has(error.code);
  const isOther = error instanceof TypeError || error instanceof RangeError;
  return error instanceof Error && !isOther && !/Credential|Authentication/.test(error.name);
}

function isThrottling(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isThrottling);
  return (
    isServiceBusError(error) && (error.code === 'ServiceBusy' || error.code === 'QuotaExceeded')
  );
}

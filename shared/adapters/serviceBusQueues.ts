import { createHash, randomUUID } from 'node:crypto';
import {
  ServiceBusClient,
  isServiceBusError,
  type ServiceBusMessage,
  type ServiceBusSender,
} from '@azure/service-bus';
import { ConnectorError } from '../connectorError.ts';
import { toDeadLetter } from '../deadLetter.ts';
import type { Connection } from '../settings/readSetting.ts';
import type { AnnouncementSender, Dependency, MessageRetry, SignalSender } from '../ports.ts';
import { packSignals } from '../packSignals.ts';
import { COMPLIANCE_CHANGES_QUEUE, DEVICE_SIGNALS_QUEUE } from '../resources.ts';
import { createCredential } from './credential.ts';

const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000, timeoutInMs: 5000 };
const DEAD_LETTER_TIME_TO_LIVE_IN_MILLISECONDS = 1;
const MAX_PROPERTY_LENGTH = 1024;
/** Of Service Bus (its quotas, message identifier); the id of a device may be longer. */
const MAX_MESSAGE_ID_LENGTH = 128;

export interface ServiceBusQueues extends SignalSender, AnnouncementSender, Dependency {
  readonly signalRetry: MessageRetry;
  readonly announcementRetry: MessageRetry;
  close(): Promise<void>;
}

/** Both queues. Nothing is sent before the first call; each call resolves once the broker has the messages. */
export function openServiceBusQueues(connection: Connection): ServiceBusQueues {
  const client = createClient(connection);
  const signals = client.createSender(DEVICE_SIGNALS_QUEUE.name);
  const changes = client.createSender(COMPLIANCE_CHANGES_QUEUE.name);
  const prober = client.createReceiver(DEVICE_SIGNALS_QUEUE.name);
  return {
    name: 'serviceBus',

    async check() {
      await callServiceBus(() => prober.peekMessages(1));
    },

    async send(accepted) {
      // Bytes are sent as they are: the same on the wire as the object, without writing it as text twice.
      const messages = packSignals(accepted).map(({ first, text }) =>
        toMessage(Buffer.from(text), { messageId: first.signalId }),
      );
      await callServiceBus(() => sendAll(signals, messages));
    },

    signalRetry: createRetry(signals),
    announcementRetry: createRetry(changes),

    async publish(announcements) {
      const messages = announcements.map((announcement) =>
        toMessage(announcement, { messageId: toMessageId(announcement.id) }),
      );
      await callServiceBus(() => sendAll(changes, messages));
    },

    close: () => client.close(),
  };
}

/** Each copy has an id of its own: the queue would take it for the repeat of the message that it is a copy of. */
function createRetry(sender: ServiceBusSender): MessageRetry {
  const send = (body: unknown, properties: Partial<ServiceBusMessage>): Promise<void> =>
    callServiceBus(() =>
      sender.sendMessages(toMessage(body, { messageId: randomUUID(), ...properties })),
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

function createClient(connection: Connection): ServiceBusClient {
  if (connection.kind === 'connectionString') {
    return new ServiceBusClient(connection.connectionString, { retryOptions: RETRIES });
  }
  const credential = createCredential(connection.clientId);
  return new ServiceBusClient(connection.endpoint, credential, { retryOptions: RETRIES });
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

async function callServiceBus<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw isThrottling(error)
      ? new ConnectorError('activityLimitReached', 'Service Bus is throttling', { cause: error })
      : new ConnectorError('serviceNotAvailable', 'Service Bus does not answer', { cause: error });
  }
}

/** After its own retries the client throws what each of them met. */
function isThrottling(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isThrottling);
  return (
    isServiceBusError(error) && (error.code === 'ServiceBusy' || error.code === 'QuotaExceeded')
  );
}

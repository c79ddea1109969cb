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
import type { DateTime } from '../base/dateTime.ts';
import { toDeadLetter } from '../core/devices/deadLetter.ts';
import { createMessageMac, type MessageKeys } from '../core/devices/messageMac.ts';
import type { Connection } from '../settings/readSetting.ts';
import type { MessageMac, MessageRetry, Queues } from '../core/ports/queues.ts';
import { packSignals } from '../core/devices/packSignals.ts';
import { COMPLIANCE_CHANGES_QUEUE, DEVICE_SIGNALS_QUEUE } from '../resources.ts';
import { createCredential } from './credential.ts';

const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000, timeoutInMs: 5000 };
const DEAD_LETTER_TIME_TO_LIVE_IN_MILLISECONDS = 1;
const MAX_PROPERTY_LENGTH = 1024;
/** Service Bus's quota for a message identifier. The id of a device may be longer. */
const MAX_MESSAGE_ID_LENGTH = 128;

/** A client, with its senders and its receiver. */
interface Opened {
  readonly client: ServiceBusClient;
  readonly signals: ServiceBusSender;
  readonly changes: ServiceBusSender;
  readonly prober: ServiceBusReceiver;
  /** How many calls are using it. */
  pendingCalls: number;
}

type CallBroker = <T>(call: (opened: Opened) => Promise<T>) => Promise<T>;

/** What both queues need. */
export interface QueueOptions {
  readonly connection: Connection;
  /** The keys of the MACs. */
  readonly keys: MessageKeys;
  /** Until when messages of a release without MACs are accepted. */
  readonly unsignedUntilDateTime?: DateTime | undefined;
  readonly now: () => Date;
  readonly retryOptions?: typeof RETRIES;
}

/**
 * Both queues. The client connects at the first call. Each call resolves once the broker has the messages. Every message
 * has a MAC.
 */
export function openServiceBusQueues(options: QueueOptions): Queues {
  const { connection, now, retryOptions = RETRIES } = options;
  const { callBroker, close } = openBroker(connection, retryOptions);
  const signalMac = createMessageMac({ ...options, queue: DEVICE_SIGNALS_QUEUE.name });
  const announcementMac = createMessageMac({ ...options, queue: COMPLIANCE_CHANGES_QUEUE.name });
  return {
    name: 'serviceBus',

    async check() {
      await callBroker(({ prober }) => prober.peekMessages(1));
    },

    async send(signals) {
      // Sent as bytes, which look the same on the wire as the object but are not serialised twice.
      const messages = packSignals(signals, signalMac.macOf).map(({ first, text }) =>
        toMessage(Buffer.from(text), { messageId: first.signalId }),
      );
      await callBroker((opened) => sendAll(opened.signals, messages));
    },

    signalRetry: createRetry(callBroker, now, signalMac, ({ signals }) => signals),
    announcementRetry: createRetry(callBroker, now, announcementMac, ({ changes }) => changes),

    async publish(announcements) {
      const messages = announcements.map((announcement) =>
        toMessage(announcementMac.sign(announcement), { messageId: toMessageId(announcement.id) }),
      );
      await callBroker(({ changes }) => sendAll(changes, messages));
    },

    close,
  };
}

interface Broker {
  /**
   * Calls the broker. Replaces a client that got no answer after all its retries, since its connection may be dead and
   * would block every later call. The other pending operations of the old client still end before it is closed.
   * @throws ConnectorError `activityLimitReached`, `serviceNotAvailable`, `messageInvalid`.
   */
  readonly callBroker: CallBroker;
  readonly close: () => Promise<void>;
}

function openBroker(connection: Connection, retryOptions: typeof RETRIES): Broker {
  const { maxRetries, maxRetryDelayInMs, timeoutInMs } = retryOptions;
  // The client's timeout covers a send, but not the opening of its link.
  const timeoutInMilliseconds = (maxRetries + 1) * (timeoutInMs + maxRetryDelayInMs);
  let current = open(connection, retryOptions);
  let isClosed = false;
  return {
    async callBroker(call) {
      const opened = current;
      opened.pendingCalls += 1;
      try {
        return await answerWithin(timeoutInMilliseconds, call(opened));
      } catch (error) {
        if (isMessageFault(error)) throw error;
        if (opened === current && !isClosed && isUnanswered(error))
          current = open(connection, retryOptions);
        throw toBrokerFault(error);
      } finally {
        opened.pendingCalls -= 1;
        if (opened !== current && opened.pendingCalls === 0)
          opened.client.close().catch(() => undefined);
      }
    },

    close() {
      isClosed = true;
      return current.client.close();
    },
  };
}

/** Whether a message was at fault, and not the broker or the connection. */
function isMessageFault(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'messageInvalid';
}

/** `error` as the core knows it: transient. */
function toBrokerFault(error: unknown): ConnectorError {
  return isThrottling(error)
    ? new ConnectorError('activityLimitReached', 'Service Bus is throttling', { cause: error })
    : new ConnectorError('serviceNotAvailable', 'Service Bus does not answer', { cause: error });
}

function open(connection: Connection, retryOptions: typeof RETRIES): Opened {
  const client = createClient(connection, retryOptions);
  return {
    client,
    signals: client.createSender(DEVICE_SIGNALS_QUEUE.name),
    changes: client.createSender(COMPLIANCE_CHANGES_QUEUE.name),
    prober: client.createReceiver(DEVICE_SIGNALS_QUEUE.name),
    pendingCalls: 0,
  };
}

/** Each copy gets a new id: with the old one the queue would drop it as a duplicate. */
function createRetry(
  callBroker: CallBroker,
  now: () => Date,
  mac: MessageMac,
  senderOf: (opened: Opened) => ServiceBusSender,
): MessageRetry {
  const send = (body: unknown, properties: Partial<ServiceBusMessage>): Promise<void> =>
    callBroker((opened) =>
      senderOf(opened).sendMessages(toMessage(body, { messageId: randomUUID(), ...properties })),
    );
  return {
    sign: mac.sign,
    isAuthentic: mac.isAuthentic,

    sendLater: (body, delayInSeconds) =>
      send(body, { scheduledEnqueueTimeUtc: new Date(now().getTime() + delayInSeconds * 1000) }),

    deadLetter: (body, failure) => {
      const { code } = failure;
      const reason = failure.reason.slice(0, MAX_PROPERTY_LENGTH);
      // Only a receiver can dead-letter, and the Functions runtime owns it. So the message expires on arrival, and the
      // queue moves expired messages to the dead letters. A worker that receives it earlier reads its type.
      return send(mac.sign(toDeadLetter(body, { code, reason })), {
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

/** An id that Service Bus accepts. The same name always gets the same id, so duplicates are still detected. */
function toMessageId(name: string): string {
  return name.length > MAX_MESSAGE_ID_LENGTH
    ? createHash('sha256').update(name).digest('base64url')
    : name;
}

/** Sends the messages in as few batches as the queue's message size allows. @throws ConnectorError `messageInvalid` */
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
      throw new ConnectorError('messageInvalid', 'a message is too large for the queue');
    }
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}

/** The client's codes for a broker that was not reached, or did not answer. */
const UNANSWERED = new Set<unknown>([
  'ServiceTimeout',
  'ServiceCommunicationProblem',
  'GeneralError',
]);

/**
 * Whether the broker did not answer, so that a new connection may help. A refusal by the broker or by the token issuer
 * is an answer, and a programming error is neither. After its retries the client throws the errors of all of them.
 */
function isUnanswered(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnanswered);
  if (isServiceBusError(error)) return UNANSWERED.has(error.code);
  const isProgrammingError = error instanceof TypeError || error instanceof RangeError;
  return (
    error instanceof Error && !isProgrammingError && !/Credential|Authentication/.test(error.name)
  );
}

function isThrottling(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isThrottling);
  return (
    isServiceBusError(error) && (error.code === 'ServiceBusy' || error.code === 'QuotaExceeded')
  );
}

import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import type { RegisteredFunction } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';
import { resolveSettings, type HostOptions } from './hostOptions.ts';
import { keepLock } from './keepLock.ts';
import { triggerOf, type Invoke, type TriggerInput } from './invoke.ts';

interface Waiting {
  readonly message: ServiceBusReceivedMessage;
  /** Lets the receiver fetch the next. */
  readonly release: () => void;
}

/** How many messages are fetched ahead, in batches: one is worked, one waits. */
const BATCHES_AHEAD = 2;
/**
 * How long the client waits for an answer. A connection that ends takes the answers with it, and it does not notice: what
 * was then being settled would hold up the function for minutes.
 */
const RETRIES = { maxRetries: 0, retryDelayInMs: 200, timeoutInMs: 2000 };

/**
 * Starts a function for messages of a queue: one batch at a time, as Flex Consumption does, dispatched as soon as the
 * function is free. Completed after it returns, abandoned after it throws. Returns what stops it: the running batch
 * is finished and settled, what was only fetched is given back.
 */
export async function serveServiceBus(
  registered: RegisteredFunction,
  invoke: Invoke,
  options: HostOptions,
  log: HostLog,
): Promise<() => Promise<void>> {
  const [, trigger] = triggerOf(registered);
  if (trigger['isSessionsEnabled'] === true)
    throw new TypeError('sessions are not supported by the local host');
  const isMany = trigger['cardinality'] === 'many';
  const batchSize = isMany ? options.maxMessageBatchSize : 1;
  const client = await createClient(String(trigger['connection']));
  const queueName = resolveSettings(String(trigger['queueName']), process.env);
  const receiver = client.createReceiver(queueName, { maxAutoLockRenewalDurationInMs: 0 });
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let isStopping = false;

  const settle = async ({ message, release }: Waiting, isDone: boolean): Promise<void> => {
    try {
      if (isDone) await receiver.completeMessage(message);
      else await receiver.abandonMessage(message);
    } catch (error) {
      log('warning', `a message of \`${queueName}\` could not be settled: ${String(error)}`);
    } finally {
      release();
    }
  };

  const work = async (batch: readonly Waiting[]): Promise<void> => {
    const messages = batch.map(({ message }) => message);
    let isDone = false;
    try {
      await invoke(registered, isMany ? toBatchInput(messages) : toSingleInput(messages));
      isDone = true;
    } catch {
      // The invocation has logged it; the messages come again.
    }
    const isSettled = !options.autoCompleteMessages && isDone;
    if (isSettled) for (const { release } of batch) release();
    else await Promise.all(batch.map((each) => settle(each, isDone)));
  };

  const dispatch = (): void => {
    if (running !== undefined || isStopping || waiting.length === 0) return;
    running = work(waiting.splice(0, batchSize)).finally(() => {
      running = undefined;
      dispatch();
    });
  };

  const subscription = receiver.subscribe(
    {
      processMessage: (message) =>
        new Promise((resolve) => {
          const letLockGo = keepLock(receiver, message, options.maxAutoLockRenewalInMilliseconds);
          const release = (): void => {
            letLockGo();
            resolve();
          };
          waiting.push({ message, release });
          // At the end of the turn, so that what arrived together is worked together.
          if (waiting.length === 1) setImmediate(dispatch);
        }),
      processError: ({ error }) => {
        if (!isStopping) log('warning', `receiving from \`${queueName}\`: ${error.message}`);
        return Promise.resolve();
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: batchSize * BATCHES_AHEAD },
  );

  return async () => {
    isStopping = true;
    const closing = subscription.close();
    await running;
    await Promise.all(waiting.splice(0).map((each) => settle(each, false)));
    await closing;
    await receiver.close();
    await client.close();
  };
}

async function createClient(connection: string): Promise<ServiceBusClient> {
  const connectionString = process.env[connection];
  if (connectionString) return new ServiceBusClient(connectionString, { retryOptions: RETRIES });
  const host = process.env[`${connection}__fullyQualifiedNamespace`];
  if (!host) throw new TypeError(`setting \`${connection}\` is not set`);
  // A fifth of the time that a start takes, and hardly ever needed.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new ServiceBusClient(host, new DefaultAzureCredential());
}

/** What is known of a message beside its body, by the names of the real host's Service Bus extension. */
function metadataOf(message: ServiceBusReceivedMessage): Record<string, unknown> {
  return {
    MessageId: message.messageId,
    // The client counts the deliveries before this one, the host this one too.
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    EnqueuedTimeUtc: message.enqueuedTimeUtc,
    ExpiresAtUtc: message.expiresAtUtc,
    LockToken: message.lockToken,
    SequenceNumber: message.sequenceNumber?.toNumber(),
    ContentType: message.contentType,
    CorrelationId: message.correlationId,
    Subject: message.subject,
    To: message.to,
    ReplyTo: message.replyTo,
    ApplicationProperties: message.applicationProperties ?? {},
  };
}

function toJson(value: unknown): { readonly json: string } {
  return { json: JSON.stringify(value ?? null) };
}

/** A body that is JSON arrives as its value, any other as its text. */
function bodyOf({ body }: ServiceBusReceivedMessage): unknown {
  return Buffer.isBuffer(body) ? body.toString() : (body as unknown);
}

function toBatchInput(messages: readonly ServiceBusReceivedMessage[]): TriggerInput {
  const all = messages.map(metadataOf);
  const names = Object.keys(all[0] ?? {});
  return {
    data: toJson(messages.map(bodyOf)),
    triggerMetadata: Object.fromEntries(
      names.map((name) => [`${name}Array`, toJson(all.map((metadata) => metadata[name] ?? null))]),
    ),
  };
}

function toSingleInput([message]: readonly ServiceBusReceivedMessage[]): TriggerInput {
  if (message === undefined) throw new TypeError('a batch holds no message');
  const metadata = Object.entries(metadataOf(message)).filter(([, value]) => value !== undefined);
  return {
    data: toJson(bodyOf(message)),
    triggerMetadata: Object.fromEntries(metadata.map(([name, value]) => [name, toJson(value)])),
  };
}

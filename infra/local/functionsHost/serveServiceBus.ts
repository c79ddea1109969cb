import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import type { RegisteredFunction } from './coreApi.ts';
import type { HostLog } from './hostLog.ts';
import { resolveSettings, type HostOptions } from './hostOptions.ts';
import { triggerOf, type Invoke } from './invoke.ts';
import { keepLock } from './keepLock.ts';
import { toBatchInput, toSingleInput } from './messageInput.ts';

interface WaitingMessage {
  readonly message: ServiceBusReceivedMessage;
  /** Lets the receiver fetch another message. */
  readonly release: () => void;
}

/** How many batches are fetched ahead: one is processed while another waits. */
const BATCHES_AHEAD = 2;
/**
 * How long the client waits for an answer. The client does not notice that a lost connection took an answer with it, so
 * with its defaults the settling of a message could block the function for minutes.
 */
const RETRIES = { maxRetries: 0, retryDelayInMs: 200, timeoutInMs: 2000 };

/**
 * Starts a function for messages of a queue: one batch at a time, as Flex Consumption does, as soon as the function is
 * free. Completes the messages after it returns and abandons them after it throws. Returns a function that stops it:
 * this finishes and settles the current batch, and abandons messages that were only fetched.
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
  const client = await createClient(String(trigger['connection']));
  const queueName = resolveSettings(String(trigger['queueName']), process.env);
  const receiver = client.createReceiver(queueName, { maxAutoLockRenewalDurationInMs: 0 });
  const isMany = trigger['cardinality'] === 'many';
  const toInput = isMany ? toBatchInput : toSingleInput;
  const queue = new QueueTrigger({
    queueName,
    receiver,
    run: (messages) => invoke(registered, toInput(messages)),
    batchSize: isMany ? options.maxMessageBatchSize : 1,
    isAutoCompleting: options.autoCompleteMessages,
    // Azure renews the locks of single messages only (Azure/azure-functions-servicebus-extension#144, #233).
    maxLockInMilliseconds: isMany ? 0 : options.maxAutoLockRenewalInMilliseconds,
    log,
  });
  const stop = queue.start();
  return async () => {
    await stop();
    await receiver.close();
    await client.close();
  };
}

interface QueueTriggerOptions {
  readonly queueName: string;
  readonly receiver: ServiceBusReceiver;
  readonly run: (messages: readonly ServiceBusReceivedMessage[]) => Promise<unknown>;
  readonly batchSize: number;
  /** Whether messages are completed after a successful run. */
  readonly isAutoCompleting: boolean;
  readonly maxLockInMilliseconds: number;
  readonly log: HostLog;
}

/** Receives the messages of a queue and runs a function with them in batches. */
class QueueTrigger {
  private readonly options: QueueTriggerOptions;
  private readonly waiting: WaitingMessage[] = [];
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(options: QueueTriggerOptions) {
    this.options = options;
  }

  /** Starts receiving; returns a function that stops it. */
  start(): () => Promise<void> {
    const { queueName, receiver, batchSize, log } = this.options;
    const subscription = receiver.subscribe(
      {
        processMessage: (message) => this.add(message),
        processError: ({ error }) => {
          if (!this.isStopping)
            log('warning', `receiving from \`${queueName}\` failed: ${error.message}`);
          return Promise.resolve();
        },
      },
      { autoCompleteMessages: false, maxConcurrentCalls: batchSize * BATCHES_AHEAD },
    );
    return async () => {
      this.isStopping = true;
      const closing = subscription.close();
      await this.running;
      await Promise.all(this.waiting.splice(0).map((each) => this.settle(each, false)));
      await closing;
    };
  }

  /** Queues a message; resolves when it is released. */
  private add(message: ServiceBusReceivedMessage): Promise<void> {
    const { receiver, maxLockInMilliseconds } = this.options;
    return new Promise((resolve) => {
      const releaseLock = keepLock(receiver, message, maxLockInMilliseconds);
      const release = (): void => {
        releaseLock();
        resolve();
      };
      this.waiting.push({ message, release });
      // At the end of the turn, so messages that arrive together form one batch.
      if (this.waiting.length === 1) setImmediate(() => this.dispatch());
    });
  }

  private dispatch(): void {
    if (this.running !== undefined || this.isStopping || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.options.batchSize);
    this.running = this.process(batch).finally(() => {
      this.running = undefined;
      this.dispatch();
    });
  }

  private async process(batch: readonly WaitingMessage[]): Promise<void> {
    let isDone = false;
    try {
      await this.options.run(batch.map(({ message }) => message));
      isDone = true;
    } catch {
      // The invocation has logged the error; the messages are delivered again.
    }
    const isSettled = !this.options.isAutoCompleting && isDone;
    if (isSettled) for (const { release } of batch) release();
    else await Promise.all(batch.map((each) => this.settle(each, isDone)));
  }

  private async settle({ message, release }: WaitingMessage, isDone: boolean): Promise<void> {
    const { queueName, receiver, log } = this.options;
    try {
      if (isDone) await receiver.completeMessage(message);
      else await receiver.abandonMessage(message);
    } catch (error) {
      log('warning', `a message of \`${queueName}\` could not be settled: ${String(error)}`);
    } finally {
      release();
    }
  }
}

async function createClient(connection: string): Promise<ServiceBusClient> {
  const connectionString = process.env[connection];
  if (connectionString) return new ServiceBusClient(connectionString, { retryOptions: RETRIES });
  const host = process.env[`${connection}__fullyQualifiedNamespace`];
  if (!host) throw new TypeError(`setting \`${connection}\` is not set`);
  // Loaded only here: it would take a fifth of the start time, and a connection string is usual.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new ServiceBusClient(host, new DefaultAzureCredential());
}

import { randomUUID } from 'node:crypto';
import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { fromDeadLetter } from '../../shared/core/devices/deadLetter.ts';

/** Selects dead letters; each given member must match. */
export interface DeadLetterFilter {
  readonly id?: string | undefined;
  readonly code?: string | undefined;
  readonly device?: string | undefined;
}

/** A dead letter as an operator sees it. */
export interface DeadLetter {
  /** Its sequence number in the queue. */
  readonly id: string;
  readonly enqueuedDateTime: string;
  readonly code: string;
  readonly reason: string;
  /** One message may contain signals of several devices. */
  readonly devices: readonly string[];
  readonly body: unknown;
}

const BATCH_SIZE = 100;
const WAIT_IN_MILLISECONDS = 1000;

/** Returns all matching dead letters, oldest first. They stay in the queue. */
export async function listDeadLetters(
  client: ServiceBusClient,
  queue: string,
  filter: DeadLetterFilter,
): Promise<readonly DeadLetter[]> {
  const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter' });
  const found: DeadLetter[] = [];
  for (;;) {
    const messages = await receiver.peekMessages(BATCH_SIZE);
    if (messages.length === 0) break;
    found.push(...messages.map(toDeadLetter));
  }
  await receiver.close();
  return found.filter((each) => matches(each, filter));
}

/**
 * Removes each of `ids` from the dead letters; `replayed` first sends it to its queue again. A crash in between therefore
 * delivers a message twice, which is harmless, but never loses one. A message that fails again gets another id.
 * @returns the number of removed messages; `onDone` gets it after each.
 */
export async function settleDeadLetters(
  client: ServiceBusClient,
  queue: string,
  ids: readonly string[],
  outcome: 'replayed' | 'dropped',
  onDone: (count: number) => void,
): Promise<number> {
  const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter' });
  const sender = client.createSender(queue);
  const wanted = new Set(ids);
  const others: ServiceBusReceivedMessage[] = [];
  while (wanted.size > 0) {
    const messages = await receiver.receiveMessages(BATCH_SIZE, {
      maxWaitTimeInMs: WAIT_IN_MILLISECONDS,
    });
    if (messages.length === 0) break;
    for (const message of messages) {
      if (!wanted.delete(String(message.sequenceNumber ?? ''))) {
        others.push(message);
        continue;
      }
      if (outcome === 'replayed') await sender.sendMessages(toCopy(message));
      await receiver.completeMessage(message);
      onDone(ids.length - wanted.size);
    }
  }
  await release(receiver, others);
  await Promise.all([receiver.close(), sender.close()]);
  return ids.length - wanted.size;
}

/** Returns messages that were only read. A message whose lock has expired is already back. */
async function release(
  receiver: ServiceBusReceiver,
  messages: readonly ServiceBusReceivedMessage[],
): Promise<void> {
  await Promise.allSettled(messages.map((message) => receiver.abandonMessage(message)));
}

/** A new message with a new id, since Service Bus would discard the old id as a duplicate. */
function toCopy({ body: sent, contentType }: ServiceBusReceivedMessage): {
  readonly body: unknown;
  readonly messageId: string;
  readonly contentType: string;
} {
  const body = bodyOf(sent);
  return {
    body: Array.isArray(body) ? body.map(withoutAttempts) : withoutAttempts(body),
    messageId: randomUUID(),
    contentType: contentType ?? 'application/json',
  };
}

function withoutAttempts(body: unknown): unknown {
  const isCounted = typeof body === 'object' && body !== null && 'attempt' in body;
  return isCounted ? { ...body, attempt: 0 } : body;
}

function toDeadLetter(message: ServiceBusReceivedMessage): DeadLetter {
  const {
    applicationProperties: properties,
    deadLetterReason,
    deadLetterErrorDescription,
  } = message;
  return {
    id: String(message.sequenceNumber ?? ''),
    enqueuedDateTime: message.enqueuedTimeUtc?.toISOString() ?? '',
    code: String(properties?.['failureCode'] ?? deadLetterReason ?? 'unknown'),
    reason: String(properties?.['failureReason'] ?? deadLetterErrorDescription ?? ''),
    devices: devicesOf(bodyOf(message.body)),
    body: bodyOf(message.body),
  };
}

/**
 * The original message with its MAC, without the failures that dead-lettering wrapped around it. What is wrapped may be
 * forged, but then its own MAC is wrong, so the worker refuses it.
 */
function bodyOf(sent: unknown): unknown {
  let body = sent;
  for (let dead = fromDeadLetter(body); dead !== undefined; dead = fromDeadLetter(body))
    ({ body } = dead);
  return body;
}

/** The distinct devices of a message or of a batch of signals. */
function devicesOf(body: unknown): readonly string[] {
  const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
  return [...new Set(bodies.flatMap(deviceOf))];
}

/** The device of a signal, of an announcement, or of an announcement for one target. */
function deviceOf(body: unknown): readonly string[] {
  const { deviceId, signal, announcement } = (body ?? {}) as Readonly<
    Record<string, { readonly deviceId?: unknown } | string | undefined>
  >;
  const inner = [signal, announcement].find((each) => typeof each === 'object');
  const found = deviceId ?? (typeof inner === 'object' ? inner.deviceId : undefined);
  return typeof found === 'string' ? [found] : [];
}

function matches({ id, code, devices }: DeadLetter, filter: DeadLetterFilter): boolean {
  return (
    (filter.id ?? id) === id &&
    (filter.code ?? code) === code &&
    (filter.device === undefined || devices.includes(filter.device))
  );
}

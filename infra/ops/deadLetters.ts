import { randomUUID } from 'node:crypto';
import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { fromDeadLetter } from '../../shared/core/devices/deadLetter.ts';

/** Which of them; everything that is said has to fit. */
export interface DeadLetterFilter {
  readonly id?: string | undefined;
  readonly code?: string | undefined;
  readonly device?: string | undefined;
}

/** What an operator has to know of one. */
export interface DeadLetter {
  /** Its number in the queue. */
  readonly id: string;
  readonly enqueuedDateTime: string;
  readonly code: string;
  readonly reason: string;
  /** About whom: a message may hold the signals of several. */
  readonly devices: readonly string[];
  readonly body: unknown;
}

const BATCH_SIZE = 100;
const WAIT_IN_MILLISECONDS = 1000;

/** All that lie there and fit, oldest first, without taking them. */
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
  return found.filter((each) => fits(each, filter));
}

/**
 * Takes each of `ids` out of the dead letters, after it has been sent to its queue again where it is `replayed`. Sent first
 * and taken out then: one that is cut off in between is worked twice, which does no harm, and never lost. One that comes
 * back meanwhile has another id. Tells `onDone` after each. Returns how many.
 */
export async function settleDeadLetters(
  client: ServiceBusClient,
  queue: string,
  ids: readonly string[],
  what: 'replayed' | 'dropped',
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
      if (what === 'replayed') await sender.sendMessages(toCopy(message));
      await receiver.completeMessage(message);
      onDone(ids.length - wanted.size);
    }
  }
  await giveBack(receiver, others);
  await Promise.all([receiver.close(), sender.close()]);
  return ids.length - wanted.size;
}

/** What was only looked at; one whose lock is over by now is back already. */
async function giveBack(
  receiver: ServiceBusReceiver,
  messages: readonly ServiceBusReceivedMessage[],
): Promise<void> {
  await Promise.allSettled(messages.map((message) => receiver.abandonMessage(message)));
}

/** As if it had just come, under an id of its own: its old one would be taken for a repeat. */
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

/** The message itself, without the note that it was given up on. */
function bodyOf(sent: unknown): unknown {
  return fromDeadLetter(sent)?.body ?? sent;
}

/** Of signals that came together each device once. */
function devicesOf(body: unknown): readonly string[] {
  const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
  return [...new Set(bodies.flatMap(deviceOf))];
}

/** A signal, an announcement, or an announcement for one target. */
function deviceOf(body: unknown): readonly string[] {
  const { deviceId, signal, announcement } = (body ?? {}) as Readonly<
    Record<string, { readonly deviceId?: unknown } | string | undefined>
  >;
  const inner = [signal, announcement].find((each) => typeof each === 'object');
  const found = deviceId ?? (typeof inner === 'object' ? inner.deviceId : undefined);
  return typeof found === 'string' ? [found] : [];
}

function fits({ id, code, devices }: DeadLetter, filter: DeadLetterFilter): boolean {
  return (
    (filter.id ?? id) === id &&
    (filter.code ?? code) === code &&
    (filter.device === undefined || devices.includes(filter.device))
  );
}

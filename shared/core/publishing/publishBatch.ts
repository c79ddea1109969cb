import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { moveToDeadLetters } from '../devices/deadLetter.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import {
  fromChangeMessage,
  toChangeMessage,
  type ChangeMessage,
  type Redelivery,
} from './changeMessage.ts';
import { publishDevice, type PublishDependencies } from './publishDevice.ts';
import type { Delivery, Target } from '../ports/target.ts';
import { deliver, MAX_DELIVERY_AGE_IN_SECONDS } from './deliverToTarget.ts';

/** A fault of the message itself is tried this often before an operator has to look at it. */
const MAX_ATTEMPTS = 5;
const FIRST_DELAY_IN_SECONDS = 1;
const MAX_DELAY_IN_SECONDS = 30;
/** How many devices are told of at once: each target sees as many connections. */
const CONCURRENCY = 50;

/**
 * Works a batch of the `compliance-changes` queue device by device. Returning means that each message has been told,
 * kept with the time of its next try, sent again with a delay, or dead-lettered, so the batch may be settled. Throwing
 * means that not even that was possible: the batch comes again.
 */
export async function publishBatch(
  dependencies: PublishDependencies,
  bodies: readonly unknown[],
): Promise<void> {
  const toWork = await moveToDeadLetters(dependencies.retry, bodies);
  const messages = toWork.map((body) => ({ body, message: fromChangeMessage(body) }));
  const readable = messages.flatMap(({ message }) => message ?? []);
  const unreadable = messages.filter(({ message }) => message === undefined);
  const failure = { code: 'messageInvalid', reason: 'the body is no announcement' };
  await Promise.all(unreadable.map(({ body }) => dependencies.retry.deadLetter(body, failure)));
  if (unreadable.length > 0) {
    dependencies.log.error('a message that is no announcement was dead-lettered');
  }
  const devices = Map.groupBy(readable.filter(isOfDevice), ({ content }) => content.deviceId);
  await mapConcurrently([...devices], CONCURRENCY, ([deviceId, group]) =>
    publishGroup(dependencies, deviceId, group),
  );
  await mapConcurrently(readable.filter(isRedelivery), CONCURRENCY, (message) =>
    redeliver(dependencies, message),
  );
}

type OfDevice = ChangeMessage & { readonly content: Announcement };
type OfTarget = ChangeMessage & { readonly content: Redelivery };

function isOfDevice(message: ChangeMessage): message is OfDevice {
  return message.content.type !== 'redelivery';
}

function isRedelivery(message: ChangeMessage): message is OfTarget {
  return message.content.type === 'redelivery';
}

async function publishGroup(
  dependencies: PublishDependencies,
  deviceId: string,
  group: readonly OfDevice[],
): Promise<void> {
  try {
    await publishDevice(
      dependencies,
      deviceId,
      group.map(({ content }) => content),
    );
  } catch (error) {
    dependencies.log.warn(`device \`${deviceId}\` could not be told of: ${String(error)}`);
    await Promise.all(
      group.map((message) =>
        tryLater(dependencies, message, message.content.occurredDateTime, error),
      ),
    );
  }
}

/** One announcement for one target, out of turn: it comes from the dead letters. */
async function redeliver(dependencies: PublishDependencies, message: OfTarget): Promise<void> {
  const targets = await dependencies.listTargets();
  const target = targets.find(({ id }) => id === message.content.target);
  const delivery = await redeliverTo(dependencies, target, message.content);
  if (delivery.outcome === 'delivered') return;
  const isSpent = delivery.outcome !== 'failed' || message.attempt + 1 >= MAX_ATTEMPTS;
  if (isSpent) await dependencies.retry.deadLetter(message.content, delivery);
  else await sendLater(dependencies, message);
}

function redeliverTo(
  { timeoutInMilliseconds }: PublishDependencies,
  target: Target | undefined,
  { target: targetId, announcement }: Redelivery,
): Promise<Delivery> {
  if (target === undefined) {
    const reason = `there is no target \`${targetId}\` any more`;
    return Promise.resolve({ outcome: 'refused', code: 'targetNotFound', reason });
  }
  if (target.isPaused)
    return Promise.resolve({ outcome: 'refused', code: 'paused', reason: 'the target is paused' });
  return deliver(target, announcement, timeoutInMilliseconds);
}

async function tryLater(
  dependencies: PublishDependencies,
  message: ChangeMessage,
  since: DateTime,
  error: unknown,
): Promise<void> {
  const isSpent = isTransient(error)
    ? dependencies.now().toISOString() > addSeconds(since, MAX_DELIVERY_AGE_IN_SECONDS)
    : message.attempt + 1 >= MAX_ATTEMPTS;
  if (!isSpent) return sendLater(dependencies, message);
  const code = error instanceof ConnectorError ? error.code : 'generalException';
  return dependencies.retry.deadLetter(message.content, { code, reason: String(error) });
}

function sendLater(
  { retry, random }: PublishDependencies,
  { attempt, content }: ChangeMessage,
): Promise<void> {
  const longest = Math.min(MAX_DELAY_IN_SECONDS, FIRST_DELAY_IN_SECONDS * 2 ** attempt);
  return retry.sendLater(
    toChangeMessage({ attempt: attempt + 1, content }),
    longest * (0.5 + random() / 2),
  );
}

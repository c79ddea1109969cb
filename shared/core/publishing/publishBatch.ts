import { moveToDeadLetters } from '../devices/deadLetter.ts';
import { MAX_ATTEMPTS, retryMessage, sendLater } from '../devices/retryMessage.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import {
  fromChangeMessage,
  toChangeMessage,
  type ChangeMessage,
  type Redelivery,
} from './changeMessage.ts';
import { publishDevice, type PublishDependencies } from './publishDevice.ts';
import type { Delivery, Target } from '../ports/target.ts';
import { deliver } from './deliverToTarget.ts';

/** How many devices are published at once. Each target sees as many connections. */
const CONCURRENCY = 50;

/**
 * Processes a batch of the `compliance-changes` queue, device by device. Returning means that every message is
 * delivered, kept with the time of its next attempt, sent again with a delay, or dead-lettered, so the batch may be
 * settled. Throwing means that some message had none of these outcomes, so the broker must deliver it again.
 */
export async function publishBatch(
  dependencies: PublishDependencies,
  bodies: readonly unknown[],
): Promise<void> {
  const toProcess = await moveToDeadLetters(dependencies.retry, bodies);
  const messages = toProcess.map((body) => ({ body, message: fromChangeMessage(body) }));
  const readable = messages.flatMap(({ message }) => message ?? []);
  const unreadable = messages.filter(({ message }) => message === undefined);
  const failure = { code: 'messageInvalid', reason: 'the body is not an announcement' };
  await Promise.all(unreadable.map(({ body }) => dependencies.retry.deadLetter(body, failure)));
  if (unreadable.length > 0) {
    dependencies.log.error('dead-lettered an invalid message of the queue `compliance-changes`');
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
    dependencies.log.warn(`device \`${deviceId}\` could not be published: ${String(error)}`);
    await Promise.all(group.map((message) => tryLater(dependencies, message, error)));
  }
}

/** Delivers one announcement from the dead letters to one target, out of order. */
async function redeliver(dependencies: PublishDependencies, message: OfTarget): Promise<void> {
  const targets = await dependencies.listTargets();
  const target = targets.find(({ id }) => id === message.content.target);
  const delivery = await redeliverTo(dependencies, target, message.content);
  if (delivery.outcome === 'delivered') return;
  const isSpent = delivery.outcome !== 'failed' || message.attempt + 1 >= MAX_ATTEMPTS;
  if (isSpent) await dependencies.retry.deadLetter(message.content, delivery);
  else await sendLater(dependencies, nextMessage(message), message.attempt);
}

function redeliverTo(
  { timeoutInMilliseconds }: PublishDependencies,
  target: Target | undefined,
  { target: targetId, announcement }: Redelivery,
): Promise<Delivery> {
  if (target === undefined) {
    const reason = `the target \`${targetId}\` no longer exists`;
    return Promise.resolve({ outcome: 'refused', code: 'targetNotFound', reason });
  }
  if (target.isPaused)
    return Promise.resolve({ outcome: 'refused', code: 'paused', reason: 'the target is paused' });
  return deliver(target, announcement, timeoutInMilliseconds);
}

function tryLater(
  dependencies: PublishDependencies,
  message: OfDevice,
  error: unknown,
): Promise<void> {
  const { attempt, content } = message;
  const next = nextMessage(message);
  const failed = { attempt, sinceDateTime: content.occurredDateTime, next, dead: content };
  return retryMessage(dependencies, failed, error, dependencies.now().toISOString());
}

function nextMessage({ attempt, content }: ChangeMessage): unknown {
  return toChangeMessage({ attempt: attempt + 1, content });
}

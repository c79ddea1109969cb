import { moveToDeadLetters, NOT_AUTHENTIC, toBoundedBody } from '../devices/deadLetter.ts';
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
import type { MessageRetry } from '../ports/queues.ts';
import type { Delivery, Target } from '../ports/target.ts';
import { deliver } from './deliverToTarget.ts';

/** How many devices are published at once. Each target sees as many connections. */
const CONCURRENCY = 50;
const NO_ANNOUNCEMENT = { code: 'messageInvalid', reason: 'the body is not an announcement' };

/**
 * Processes a batch of the `compliance-changes` queue, device by device. Returning means that every message is
 * delivered, kept with the time of its next attempt, sent again with a delay, or dead-lettered, so the batch may be
 * settled. Throwing means that some message had none of these outcomes, so the broker must deliver it again.
 */
export async function publishBatch(
  dependencies: PublishDependencies,
  bodies: readonly unknown[],
): Promise<void> {
  const messages = await moveToDeadLetters(dependencies.retry, bodies);
  const readable = await readOrDeadLetter(dependencies, messages);
  const devices = Map.groupBy(readable.filter(isOfDevice), ({ content }) => content.deviceId);
  await mapConcurrently([...devices], CONCURRENCY, ([deviceId, group]) =>
    publishGroup(dependencies, deviceId, group),
  );
  await mapConcurrently(readable.filter(isRedelivery), CONCURRENCY, (message) =>
    redeliver(dependencies, message),
  );
}

/** The authentic announcements. Anything else is dead-lettered: a forged one could make a receiver trust a device. */
async function readOrDeadLetter(
  { retry, log }: PublishDependencies,
  bodies: readonly unknown[],
): Promise<readonly ChangeMessage[]> {
  const messages = bodies.map((body) => {
    const isAuthentic = retry.isAuthentic(body);
    const message = isAuthentic ? fromChangeMessage(body) : undefined;
    return { body, message, failure: isAuthentic ? NO_ANNOUNCEMENT : NOT_AUTHENTIC };
  });
  const failed = messages.filter(({ message }) => message === undefined);
  await Promise.all(
    failed.map(({ body, failure }) => retry.deadLetter(toBoundedBody(body), failure)),
  );
  if (failed.some(({ failure }) => failure === NOT_AUTHENTIC))
    log.error('dead-lettered a message that is not authentic of the queue `compliance-changes`');
  if (failed.some(({ failure }) => failure === NO_ANNOUNCEMENT))
    log.error('dead-lettered an invalid message of the queue `compliance-changes`');
  return messages.flatMap(({ message }) => message ?? []);
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
  const { retry } = dependencies;
  if (isSpent) await retry.deadLetter(retry.sign(message.content), delivery);
  else await sendLater(dependencies, nextMessage(retry, message), message.attempt);
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
  const { retry } = dependencies;
  const { attempt, content } = message;
  const next = nextMessage(retry, message);
  const dead = retry.sign(content);
  const failed = { attempt, sinceDateTime: content.occurredDateTime, next, dead };
  return retryMessage(dependencies, failed, error, dependencies.now().toISOString());
}

function nextMessage(retry: MessageRetry, { attempt, content }: ChangeMessage): object {
  return retry.sign(toChangeMessage({ attempt: attempt + 1, content }));
}

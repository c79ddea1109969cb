import type { Announcement } from '../../domain/announcements/announcement.ts';
import { assertUnreachable } from '../../base/assertUnreachable.ts';
import { backoffInSeconds } from '../../base/backoff.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import {
  undeliveredTo,
  TARGET_UNKNOWN,
  type Backlog,
  type OpenPublication,
  type TargetProgress,
} from '../../domain/announcements/publication.ts';
import type { MessageRetry } from '../ports/queues.ts';
import { toRedelivery } from './changeMessage.ts';
import type { Delivery, Target } from '../ports/target.ts';
import type { TargetHealth } from './targetHealth.ts';

/** Continuous access evaluation tolerates 15 minutes. A target that is back gets everything within this time. */
const BACKOFF = { firstInSeconds: 1, maxInSeconds: 600 };
/** After this time and `MIN_ATTEMPTS` attempts, an announcement is dead-lettered for an operator. */
export const MAX_DELIVERY_AGE_IN_SECONDS = 3 * 24 * 60 * 60;
const MIN_ATTEMPTS = 5;
/** A paused target is checked again after this time, in case its resumption is missed. */
const HOLD_IN_SECONDS = 60 * 60;
const PAUSED = 'paused';
const GONE = {
  code: 'targetGone',
  reason: 'the target has just rejected all further announcements',
};
/** After this time the rest of a device's announcements waits for the next run, so that a slow target cannot outlast a lock. */
const MAX_RUN_IN_SECONDS = 60;
/** Time for a target to return its result after its timeout. */
const GRACE_IN_MILLISECONDS = 1000;

export interface DeliveryDependencies {
  readonly health: TargetHealth;
  /** For dead-lettering undeliverable announcements. */
  readonly retry: MessageRetry;
  readonly now: () => Date;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly timeoutInMilliseconds: number;
}

/**
 * Delivers one device's outstanding announcements to one target, in order, until one fails. Later ones wait, so the
 * order is kept. An announcement that the target refuses, or that fails for three days, is dead-lettered, and delivery
 * goes on. `fromSequence` is the first sequence that this worker has not delivered in an earlier try.
 */
export async function deliverToTarget(
  dependencies: DeliveryDependencies,
  target: Target,
  open: OpenPublication,
  fromSequence = 0,
): Promise<TargetProgress> {
  const now = dependencies.now().toISOString();
  const backlog = open.publication.behind[target.id];
  const waiting = undeliveredTo(open, target.id).filter(({ sequence }) => sequence >= fromSequence);
  const [first] = waiting;
  if (first === undefined) return { sequence: open.untilSequence };
  if (backlog?.sequence === first.sequence && !isDue(backlog, target, now))
    return { sequence: first.sequence, backlog };
  if (target.isPaused) {
    const dueDateTime = addSeconds(now, HOLD_IN_SECONDS);
    return {
      sequence: first.sequence,
      backlog: { attempt: 0, notedDateTime: now, dueDateTime, code: PAUSED },
    };
  }
  let attempt = backlog?.sequence === first.sequence ? backlog.attempt : 0;
  const endDateTime = addSeconds(now, MAX_RUN_IN_SECONDS);
  for (const [at, announcement] of waiting.entries()) {
    const startDateTime = dependencies.now().toISOString();
    if (startDateTime > endDateTime) return toRest(announcement, startDateTime);
    const outcome = await deliverOne(dependencies, target, announcement, attempt);
    if (outcome === 'gone') {
      await deadLetterAll(dependencies, target, waiting.slice(at + 1));
      break;
    }
    if (outcome !== 'done') return { sequence: announcement.sequence, backlog: outcome };
    attempt = 0;
  }
  return { sequence: open.untilSequence };
}

/** What is left when the time of a run is used up is due at once. */
function toRest({ sequence }: Announcement, at: DateTime): TargetProgress {
  return {
    sequence,
    backlog: { attempt: 0, notedDateTime: at, dueDateTime: at, code: 'outOfTime' },
  };
}

/** Delivery to a resumed target is due at once, whatever its back-off was. */
function isDue(
  { notedDateTime, dueDateTime, code }: Backlog,
  { isPaused, resumedDateTime = '' }: Target,
  now: DateTime,
): boolean {
  if (dueDateTime <= now || code === TARGET_UNKNOWN) return true;
  return !isPaused && (code === PAUSED || resumedDateTime > notedDateTime);
}

async function deadLetterAll(
  { retry }: DeliveryDependencies,
  { id }: Target,
  announcements: readonly Announcement[],
): Promise<void> {
  for (const announcement of announcements)
    await retry.deadLetter(retry.sign(toRedelivery(id, announcement)), GONE);
}

/** Delivers one announcement. Returns the backlog, or `done` if it was delivered or dead-lettered. */
async function deliverOne(
  { health, retry, now, random, timeoutInMilliseconds }: DeliveryDependencies,
  target: Target,
  announcement: Announcement,
  attempt: number,
): Promise<Omit<Backlog, 'sequence'> | 'done' | 'gone'> {
  const notedDateTime = now().toISOString();
  const restsUntil = health.restsUntil(target, notedDateTime);
  if (restsUntil !== undefined) {
    const dueDateTime = addSeconds(restsUntil, random());
    return { attempt, notedDateTime, dueDateTime, code: 'targetResting' };
  }
  const delivery = await deliver(target, announcement, timeoutInMilliseconds);
  const at = now().toISOString();
  health.record(target.id, delivery, at);
  switch (delivery.outcome) {
    case 'delivered':
      return 'done';
    case 'refused':
      await retry.deadLetter(retry.sign(toRedelivery(target.id, announcement)), delivery);
      return 'done';
    case 'gone':
      await retry.deadLetter(retry.sign(toRedelivery(target.id, announcement)), delivery);
      return 'gone';
    case 'failed': {
      if (attempt + 1 >= MIN_ATTEMPTS && at > deliveryDeadline(target, announcement)) {
        await retry.deadLetter(retry.sign(toRedelivery(target.id, announcement)), delivery);
        return 'done';
      }
      const dueDateTime = addSeconds(at, delayOf(delivery, attempt, random));
      return { attempt: attempt + 1, notedDateTime: at, dueDateTime, code: delivery.code };
    }
    default:
      return assertUnreachable(delivery);
  }
}

/** Announcements that were kept during a pause have three days from its end. */
function deliveryDeadline(
  { resumedDateTime = '' }: Target,
  { occurredDateTime }: Announcement,
): DateTime {
  const since = resumedDateTime > occurredDateTime ? resumedDateTime : occurredDateTime;
  return addSeconds(since, MAX_DELIVERY_AGE_IN_SECONDS);
}

function delayOf(
  { retryAfterInSeconds = 0 }: Extract<Delivery, { outcome: 'failed' }>,
  attempt: number,
  random: () => number,
): number {
  return retryAfterInSeconds + backoffInSeconds(BACKOFF, attempt, random);
}

/** One attempt, which ends after its timeout even if the target does not. A target that throws has failed. */
export async function deliver(
  target: Target,
  announcement: Announcement,
  timeoutInMilliseconds: number,
): Promise<Delivery> {
  const signal = AbortSignal.timeout(timeoutInMilliseconds + GRACE_IN_MILLISECONDS);
  try {
    return await Promise.race([
      target.deliver(announcement, AbortSignal.timeout(timeoutInMilliseconds)),
      rejectOn(signal),
    ]);
  } catch (error) {
    return { outcome: 'failed', code: 'generalException', reason: String(error) };
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

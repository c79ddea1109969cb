import type { Announcement } from '../domain/announcement.ts';
import { assertUnreachable } from '../domain/assertUnreachable.ts';
import { addSeconds, type DateTime } from '../domain/dateTime.ts';
import {
  outstanding,
  type Backlog,
  type OpenPublication,
  type TargetProgress,
} from '../domain/publication.ts';
import type { MessageRetry } from '../ports.ts';
import { toRedelivery } from './changeMessage.ts';
import type { Delivery, Target } from './target.ts';
import type { TargetHealth } from './targetHealth.ts';

const FIRST_DELAY_IN_SECONDS = 1;
/** Continuous access evaluation allows itself 15 minutes; a target that is back hears all it missed well within. */
const MAX_DELAY_IN_SECONDS = 600;
/** After this an operator has to look at it. */
export const MAX_DELIVERY_AGE_IN_SECONDS = 3 * 24 * 60 * 60;
/** What is held for a paused target is looked at again by itself after this, should its resumption be overlooked. */
const HOLD_IN_SECONDS = 60 * 60;
const PAUSED = 'paused';

export interface TellingDependencies {
  readonly health: TargetHealth;
  /** Where what is not delivered goes. */
  readonly retry: MessageRetry;
  readonly now: () => Date;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly timeoutInMilliseconds: number;
}

/**
 * Tells one target what it has yet to be told of one device, one announcement after another, until one fails: what
 * comes after that waits with it, so that the order is kept. What can never be delivered, or could not for three days, is
 * dead-lettered, and the next goes on. `told` is how far this worker has brought it already.
 */
export async function tellTarget(
  dependencies: TellingDependencies,
  target: Target,
  open: OpenPublication,
  told = 0,
): Promise<TargetProgress> {
  const now = dependencies.now().toISOString();
  const backlog = open.publication.behind[target.id];
  const waiting = outstanding(open, target.id).filter(({ sequence }) => sequence >= told);
  const [first] = waiting;
  if (first === undefined) return { sequence: open.untilSequence };
  if (backlog?.sequence === first.sequence && !isDue(backlog, target, now))
    return { sequence: first.sequence, backlog };
  if (target.isPaused) {
    const dueDateTime = addSeconds(now, HOLD_IN_SECONDS);
    return { sequence: first.sequence, backlog: { attempt: 0, dueDateTime, code: PAUSED } };
  }
  let attempt = backlog?.sequence === first.sequence ? backlog.attempt : 0;
  for (const announcement of waiting) {
    const failure = await tell(dependencies, target, announcement, attempt);
    if (failure !== undefined) return { sequence: announcement.sequence, backlog: failure };
    attempt = 0;
  }
  return { sequence: open.untilSequence };
}

function isDue({ dueDateTime, code }: Backlog, target: Target, now: DateTime): boolean {
  return dueDateTime <= now || (code === PAUSED && !target.isPaused);
}

/** What is left to do; `undefined` where the target has been told, or never will be. */
async function tell(
  { health, retry, now, random, timeoutInMilliseconds }: TellingDependencies,
  target: Target,
  announcement: Announcement,
  attempt: number,
): Promise<Omit<Backlog, 'sequence'> | undefined> {
  const restsUntil = health.restsUntil(target.id, now().toISOString());
  if (restsUntil !== undefined)
    return { attempt, dueDateTime: addSeconds(restsUntil, random()), code: 'targetResting' };
  const delivery = await deliver(target, announcement, timeoutInMilliseconds);
  const at = now().toISOString();
  health.note(target.id, delivery, at);
  switch (delivery.outcome) {
    case 'delivered':
      return undefined;
    case 'refused':
      await retry.deadLetter(toRedelivery(target.id, announcement), delivery);
      return undefined;
    case 'failed': {
      if (at > addSeconds(announcement.occurredDateTime, MAX_DELIVERY_AGE_IN_SECONDS)) {
        await retry.deadLetter(toRedelivery(target.id, announcement), delivery);
        return undefined;
      }
      const dueDateTime = addSeconds(at, delayOf(delivery, attempt, random));
      return { attempt: attempt + 1, dueDateTime, code: delivery.code };
    }
    default:
      return assertUnreachable(delivery);
  }
}

function delayOf(
  { retryAfterInSeconds = 0 }: Extract<Delivery, { outcome: 'failed' }>,
  attempt: number,
  random: () => number,
): number {
  const longest = Math.min(MAX_DELAY_IN_SECONDS, FIRST_DELAY_IN_SECONDS * 2 ** attempt);
  return retryAfterInSeconds + longest * (0.5 + random() / 2);
}

/** One try. A target that throws has failed. */
export async function deliver(
  target: Target,
  announcement: Announcement,
  timeoutInMilliseconds: number,
): Promise<Delivery> {
  try {
    return await target.deliver(announcement, AbortSignal.timeout(timeoutInMilliseconds));
  } catch (error) {
    return { outcome: 'failed', code: 'generalException', reason: String(error) };
  }
}

import { backoffInSeconds } from '../../base/backoff.ts';
import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { MessageRetry } from '../ports/queues.ts';

/** After this number of attempts a message that is itself at fault is dead-lettered for an operator. */
export const MAX_ATTEMPTS = 5;
/** A transient fault is retried for this long. Partners give up after about the same time. */
export const MAX_RETRY_AGE_IN_SECONDS = 3 * 24 * 60 * 60;
/** At most 30 seconds: a user whose threat is gone must not stay blocked for longer than the outage lasts. */
const BACKOFF = { firstInSeconds: 1, maxInSeconds: 30 };

export interface RetryMessageDependencies {
  readonly retry: MessageRetry;
  /** A number in [0, 1). */
  readonly random: () => number;
}

export interface FailedMessage {
  /** How often it failed before. */
  readonly attempt: number;
  /** Its age counts from here. */
  readonly sinceDateTime: DateTime;
  /** The body to send again. */
  readonly next: unknown;
  /** The body to dead-letter. */
  readonly dead: unknown;
}

/** Sends a message that failed again after a pause, or dead-letters it once its tries or its time are used up. */
export async function retryMessage(
  dependencies: RetryMessageDependencies,
  { attempt, sinceDateTime, next, dead }: FailedMessage,
  error: unknown,
  now: DateTime,
): Promise<void> {
  if (!isSpent({ attempt, sinceDateTime }, error, now))
    return sendLater(dependencies, next, attempt);
  return dependencies.retry.deadLetter(dead, { code: codeOf(error), reason: String(error) });
}

/** Whether the tries or the time of a message that failed again are used up. */
export function isSpent(
  { attempt, sinceDateTime }: Pick<FailedMessage, 'attempt' | 'sinceDateTime'>,
  error: unknown,
  now: DateTime,
): boolean {
  return isTransient(error)
    ? now > addSeconds(sinceDateTime, MAX_RETRY_AGE_IN_SECONDS)
    : attempt + 1 >= MAX_ATTEMPTS;
}

export function codeOf(error: unknown): string {
  return error instanceof ConnectorError ? error.code : 'generalException';
}

/** Sends `next` after the pause for this number of failed attempts. */
export function sendLater(
  { retry, random }: RetryMessageDependencies,
  next: unknown,
  attempt: number,
): Promise<void> {
  return retry.sendLater(next, backoffInSeconds(BACKOFF, attempt, random));
}

import { assertUnreachable } from '../../base/assertUnreachable.ts';
import { addSeconds, latest, type DateTime } from '../../base/dateTime.ts';
import type { Delivery, Target } from '../ports/target.ts';

/** This many failures in a row are no coincidence, even if every third delivery fails. */
const FAILURES_TO_REST = 6;
const FIRST_REST_IN_SECONDS = 1;
const MAX_REST_IN_SECONDS = 30;

interface Health {
  readonly failures: number;
  readonly restInSeconds: number;
  readonly restsUntil?: DateTime;
  readonly notedDateTime: DateTime;
  /** Set while one delivery tests whether the target is back. */
  readonly isProbed?: true;
}

type Failures = Omit<Health, 'notedDateTime'>;
const NO_FAILURES: Failures = { failures: 0, restInSeconds: 0 };

/**
 * The health of the targets, as seen by this process. A target that does not answer, or asks for time, rests for a
 * while, so it does not delay the others. Without this, every device would run into the timeout by itself.
 */
export interface TargetHealth {
  /**
   * When the target's rest ends; `undefined` if it may be tried. After a rest only one caller may try. Failures from
   * before an operator resumed the target do not count.
   */
  restsUntil(target: Pick<Target, 'id' | 'resumedDateTime'>, now: DateTime): DateTime | undefined;
  /** Records the outcome of a delivery. */
  record(targetId: string, delivery: Delivery, now: DateTime): void;
}

export function createTargetHealth(): TargetHealth {
  const known = new Map<string, Health>();
  return {
    restsUntil({ id, resumedDateTime = '' }, now) {
      const health = known.get(id);
      if (health?.restsUntil === undefined) return undefined;
      if (resumedDateTime > health.notedDateTime) {
        known.delete(id);
        return undefined;
      }
      if (now < health.restsUntil) return health.restsUntil;
      // While one delivery tests whether the target is back, the others wait for another rest of the same length.
      const restsUntil = addSeconds(now, health.restInSeconds);
      known.set(id, { ...health, restsUntil, isProbed: true });
      return undefined;
    },

    record(targetId, delivery, now) {
      const waitInSeconds = failureWaitInSeconds(delivery);
      if (waitInSeconds === undefined) known.delete(targetId);
      else {
        const health = known.get(targetId) ?? NO_FAILURES;
        known.set(targetId, { ...afterFailure(health, waitInSeconds, now), notedDateTime: now });
      }
    },
  };
}

/** The wait that the target asked for; `undefined` if the delivery did not fail. */
function failureWaitInSeconds(delivery: Delivery): number | undefined {
  switch (delivery.outcome) {
    case 'failed':
      return delivery.retryAfterInSeconds ?? 0;
    case 'gone':
      return MAX_REST_IN_SECONDS;
    case 'delivered':
    case 'refused':
      return undefined;
    default:
      return assertUnreachable(delivery);
  }
}

function afterFailure(health: Failures, retryAfterInSeconds: number, now: DateTime): Failures {
  const { restsUntil, isProbed, ...rest } = health;
  const failures = health.failures + 1;
  // A failure that started before the rest adds nothing, unless it names a later time.
  const startedBeforeRest = restsUntil !== undefined && isProbed === undefined;
  if (startedBeforeRest) {
    const until = latest(restsUntil, addSeconds(now, retryAfterInSeconds)) ?? restsUntil;
    return { ...rest, restsUntil: until };
  }
  if (failures < FAILURES_TO_REST && retryAfterInSeconds === 0) return { ...rest, failures };
  const restInSeconds = Math.min(
    MAX_REST_IN_SECONDS,
    Math.max(FIRST_REST_IN_SECONDS, health.restInSeconds * 2),
  );
  const longest = Math.max(restInSeconds, retryAfterInSeconds);
  return { failures, restInSeconds, restsUntil: addSeconds(now, longest) };
}

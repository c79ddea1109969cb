import { assertUnreachable } from '../../base/assertUnreachable.ts';
import { addSeconds, latest, type DateTime } from '../../base/dateTime.ts';
import type { Delivery, Target } from '../ports/target.ts';

/** So many failures in a row are no chance any more, even where every third delivery fails. */
const FAILURES_TO_REST = 6;
const FIRST_REST_IN_SECONDS = 1;
const MAX_REST_IN_SECONDS = 30;

interface Health {
  readonly failures: number;
  readonly restInSeconds: number;
  readonly restsUntil?: DateTime;
  readonly notedDateTime: DateTime;
  /** One delivery tries whether the target is back. */
  readonly isProbed?: true;
}

type Seen = Omit<Health, 'notedDateTime'>;
const NEW: Seen = { failures: 0, restInSeconds: 0 };

/**
 * How the targets do, as this process has seen it: one that does not answer, or asks for time, is left alone for a
 * while, so that it holds up nobody else. Without it each device would find out by itself, one timeout after another.
 */
export interface TargetHealth {
  /**
   * Until when the target is to be left alone; `undefined` where it may be tried. After a rest one caller may. What was
   * seen before an operator resumed it says nothing any more.
   */
  restsUntil(target: Pick<Target, 'id' | 'resumedDateTime'>, now: DateTime): DateTime | undefined;
  /** What a delivery has shown. */
  note(targetId: string, delivery: Delivery, now: DateTime): void;
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
      // While one delivery tries whether the target is back, the others wait as long as they just have.
      const restsUntil = addSeconds(now, health.restInSeconds);
      known.set(id, { ...health, restsUntil, isProbed: true });
      return undefined;
    },

    note(targetId, delivery, now) {
      const waitInSeconds = askedToWait(delivery);
      if (waitInSeconds === undefined) known.delete(targetId);
      else {
        const health = known.get(targetId) ?? NEW;
        known.set(targetId, { ...afterFailure(health, waitInSeconds, now), notedDateTime: now });
      }
    },
  };
}

/** `undefined` where nothing has failed. */
function askedToWait(delivery: Delivery): number | undefined {
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

function afterFailure(health: Seen, retryAfterInSeconds: number, now: DateTime): Seen {
  const { restsUntil, isProbed, ...rest } = health;
  const failures = health.failures + 1;
  // What was under way when the rest began says nothing new, unless it names a later time.
  const isUnderWay = restsUntil !== undefined && isProbed === undefined;
  if (isUnderWay) {
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

import { addSeconds, latest, type DateTime } from '../domain/dateTime.ts';
import type { Delivery } from './target.ts';

/** So many failures in a row are no chance any more, even where every third delivery fails. */
const FAILURES_TO_REST = 6;
const FIRST_REST_IN_SECONDS = 1;
const MAX_REST_IN_SECONDS = 30;

interface Health {
  readonly failures: number;
  readonly restInSeconds: number;
  readonly restsUntil?: DateTime;
  /** One delivery tries whether the target is back. */
  readonly isProbed?: true;
}

/**
 * How the targets do, as this process has seen it: one that does not answer, or asks for time, is left alone for a while,
 * so that it holds up nobody else. Without it each device would find out by itself, one timeout after another.
 */
export interface TargetHealth {
  /** Until when the target is to be left alone; `undefined` where it may be tried. After a rest one caller may. */
  restsUntil(targetId: string, now: DateTime): DateTime | undefined;
  /** What a delivery has shown. */
  note(targetId: string, delivery: Delivery, now: DateTime): void;
}

export function createTargetHealth(): TargetHealth {
  const known = new Map<string, Health>();
  return {
    restsUntil(targetId, now) {
      const health = known.get(targetId);
      if (health?.restsUntil === undefined) return undefined;
      if (now < health.restsUntil) return health.restsUntil;
      // While one delivery tries whether the target is back, the others wait as long as they just have.
      const restsUntil = addSeconds(now, health.restInSeconds);
      known.set(targetId, { ...health, restsUntil, isProbed: true });
      return undefined;
    },

    note(targetId, delivery, now) {
      if (delivery.outcome === 'failed') {
        const health = known.get(targetId) ?? { failures: 0, restInSeconds: 0 };
        known.set(targetId, afterFailure(health, delivery.retryAfterInSeconds ?? 0, now));
      } else known.delete(targetId);
    },
  };
}

function afterFailure(health: Health, retryAfterInSeconds: number, now: DateTime): Health {
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

import { addSeconds, isAhead, type DateTime } from '../../base/dateTime.ts';
import type { Configuration, PartnerSilence } from './configuration.ts';

/** The silence breaker looks ahead by this share of the heartbeat window, so it opens before the first decision would block. */
const LOOK_AHEAD_SHARE = 0.1;
const MAX_LOOK_AHEAD_IN_SECONDS = 15 * 60;

/** How far the silence breaker looks ahead. A sweep must run at least this often. */
export function lookAheadInSeconds({ tenantSettings }: Configuration): number {
  const { deviceHeartbeatWindowInSeconds = 0 } = tenantSettings ?? {};
  return Math.min(MAX_LOOK_AHEAD_IN_SECONDS, deviceHeartbeatWindowInSeconds * LOOK_AHEAD_SHARE);
}

/** Whether the silence ended so recently that perhaps no sweep has run since. */
export function isRecentSilence(
  configuration: Configuration,
  { endedDateTime }: PartnerSilence,
  now: DateTime,
): boolean {
  return (
    now <= addSeconds(endedDateTime, lookAheadInSeconds(configuration)) &&
    !isAhead(endedDateTime, now)
  );
}

/**
 * The partner's silence that a report of `moment`, stored at `now`, ends; `undefined` if the silence breaker looks
 * further ahead than that. A backlog may end one silence by several reports, so a silence that ended recently goes on.
 */
export function endedSilence(
  configuration: Configuration,
  moment: DateTime,
  now: DateTime,
): PartnerSilence | undefined {
  const { lastHeartbeatDateTime: known, lastPartnerSilence: last } = configuration.connector ?? {};
  if (known === undefined || moment <= addSeconds(known, lookAheadInSeconds(configuration)))
    return undefined;
  const goesOn = last !== undefined && isRecentSilence(configuration, last, now);
  return { beganDateTime: goesOn ? last.beganDateTime : known, endedDateTime: now };
}

import { isOf, type Fact } from './facts.ts';

/** Only what a device does itself is a sign of life, not what others report, judge or close. */
function isSignOfLife(fact: Fact): boolean {
  if (isOf('telemetry')(fact))
    return Object.keys(fact.reports).length > 0 || fact.unreadable.length === 0;
  return isOf('activated', 'heartbeat')(fact);
}

/** A judgement of the partner's cloud, which the device may not have caused. */
function isJudgement(fact: Fact): boolean {
  return isOf('risk')(fact) || (isOf('incident')(fact) && fact.status === 'open');
}

/** The last sign of life; of a device that never gave one, the first judgement; `undefined` without any. */
function lastSeenOf(facts: readonly Fact[]): number | undefined {
  const signs = facts.filter(isSignOfLife).map(({ observed }) => observed);
  if (signs.length > 0) return Math.max(...signs);
  const judged = facts.filter(isJudgement).map(({ observed }) => observed);
  return judged.length > 0 ? Math.min(...judged) : undefined;
}

export interface SilenceRules {
  readonly windowInMilliseconds: number;
  readonly slackInMilliseconds: number;
}

/** The moment of the question, and the partner's last contact before it. */
export interface Moment {
  readonly now: number;
  readonly partnerSeen: number | undefined;
  /** Where an open silence breaker has stopped the devices' clocks; absent while none is open. */
  readonly heldAt?: number | undefined;
}

/**
 * Whether the device is silent, if every sign of life is stored, and if one within the slack is not. While the partner is
 * silent, a silent device looks like one whose events do not arrive.
 */
export function silenceOf(
  facts: readonly Fact[],
  { windowInMilliseconds, slackInMilliseconds }: SilenceRules,
  { now, partnerSeen = now, heldAt = now }: Moment,
): readonly [onTime: boolean, early: boolean] {
  const lastSeen = lastSeenOf(facts);
  if (lastSeen === undefined) return [false, false];
  const clock = Math.min(now, partnerSeen, heldAt);
  const isSilentIf = (kept: number): boolean => clock > kept + windowInMilliseconds;
  return [isSilentIf(lastSeen), isSilentIf(lastSeen - Math.max(0, slackInMilliseconds - 1))];
}

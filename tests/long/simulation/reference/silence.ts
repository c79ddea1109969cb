import { isOf, type Fact } from './facts.ts';

/** Only what a device does itself is a sign of life, not what others report or close. */
export function signsOfLife(facts: readonly Fact[]): readonly number[] {
  return facts.filter(isSignOfLife).map(({ observed }) => observed);
}

function isSignOfLife(fact: Fact): boolean {
  if (isOf('telemetry')(fact))
    return Object.keys(fact.reports).length > 0 || fact.unreadable.length === 0;
  return isOf('incident')(fact)
    ? fact.status === 'open'
    : isOf('activated', 'heartbeat', 'risk')(fact);
}

export interface SilenceRules {
  readonly windowInMilliseconds: number;
  readonly slackInMilliseconds: number;
}

/** The moment of the question, and the partner's last contact before it. */
export interface Moment {
  readonly now: number;
  readonly partnerSeen: number | undefined;
}

/**
 * Whether the device is silent, if every sign of life is stored, and if one within the slack is not. While the partner is
 * silent, a silent device looks like one whose events do not arrive.
 */
export function silenceOf(
  facts: readonly Fact[],
  { windowInMilliseconds, slackInMilliseconds }: SilenceRules,
  { now, partnerSeen = now }: Moment,
): readonly [onTime: boolean, early: boolean] {
  const signs = signsOfLife(facts);
  if (signs.length === 0) return [false, false];
  const lastSeen = Math.max(...signs);
  const clock = Math.min(now, partnerSeen);
  const isSilentIf = (kept: number): boolean => clock > kept + windowInMilliseconds;
  return [isSilentIf(lastSeen), isSilentIf(lastSeen - Math.max(0, slackInMilliseconds - 1))];
}

import { compareTexts } from '../../base/compareTexts.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Incident, PartnerVerdict, Stamp } from './device.ts';
import { RISK_LEVELS } from '../vocabulary/threat.ts';

interface Arrived extends Stamp {
  readonly receivedDateTime?: DateTime;
  readonly value?: unknown;
}

/**
 * Whether `written` replaces `known`: the later fact wins. Many senders have a clock of whole seconds, so ties are common:
 * then a resolved incident wins over an open one and the worse verdict over the better one, then the higher signal id.
 * If a sender used one signal id for two facts, the text decides; of two copies of one fact, the first to arrive wins.
 * INVARIANT: a total order, which makes the merge a join.
 */
export function supersedes(written: Arrived, known: Arrived): boolean {
  const order =
    compareTexts(written.observedDateTime, known.observedDateTime) ||
    rank(written.value) - rank(known.value) ||
    compareTexts(written.signalId, known.signalId) ||
    compareTexts(canonicalText(written), canonicalText(known)) ||
    compareTexts(arrival(known), arrival(written));
  return order > 0;
}

/** All values without a rank are equal. */
function rank(value: unknown): number {
  const { status, riskLevel, healthState } = (value ?? {}) as Partial<Incident & PartnerVerdict>;
  if (status !== undefined) return status === 'resolved' ? 1 : 0;
  if (riskLevel === undefined) return 0;
  // A compromised device is worse than any level; of two equal levels, the one from a misconfigured app is worse.
  const level = RISK_LEVELS.indexOf(riskLevel) * 2 + (healthState === 'misconfigured' ? 1 : 0);
  return level + (healthState === 'compromised' ? RISK_LEVELS.length * 2 : 0);
}

function arrival({ receivedDateTime, observedDateTime }: Arrived): DateTime {
  return receivedDateTime ?? observedDateTime;
}

/** JSON with sorted keys, because a stored fact may come back with its keys in another order. */
function canonicalText(fact: Arrived): string {
  return JSON.stringify({ ...fact, receivedDateTime: undefined }, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

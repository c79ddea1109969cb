import type { DateTime } from '../../base/dateTime.ts';
import type { Incident, PartnerVerdict, Stamp } from './device.ts';
import { RISK_LEVELS } from '../vocabulary/threat.ts';

interface Arrived extends Stamp {
  readonly receivedDateTime?: DateTime;
  readonly value?: unknown;
}

/**
 * Whether `written` takes the place of `known`: the later wins. Of one moment, which for many senders is a whole second,
 * the end of an incident wins over its beginning and the worse verdict over the better; then the higher signal id; from
 * one signal id (a sender that broke its own rule) the text, and of two copies of one fact the one that arrived first.
 * INVARIANT: a total order; the merge is a join only as long as it is one.
 */
export function supersedes(written: Arrived, known: Arrived): boolean {
  const order =
    compare(written.observedDateTime, known.observedDateTime) ||
    rank(written.value) - rank(known.value) ||
    compare(written.signalId, known.signalId) ||
    compare(canonicalText(written), canonicalText(known)) ||
    compare(arrival(known), arrival(written));
  return order > 0;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What is not ranked is as good as any other. */
function rank(value: unknown): number {
  const { status, riskLevel, healthState } = (value ?? {}) as Partial<Incident & PartnerVerdict>;
  if (status !== undefined) return status === 'resolved' ? 1 : 0;
  if (riskLevel === undefined) return 0;
  // What the user cannot repair is worse than any level; of one level, an app that does not work as it should.
  const level = RISK_LEVELS.indexOf(riskLevel) * 2 + (healthState === 'misconfigured' ? 1 : 0);
  return level + (healthState === 'compromised' ? RISK_LEVELS.length * 2 : 0);
}

function arrival({ receivedDateTime, observedDateTime }: Arrived): DateTime {
  return receivedDateTime ?? observedDateTime;
}

/** JSON with sorted keys: what was stored and read back may have its keys in another order. */
function canonicalText(fact: Arrived): string {
  return JSON.stringify({ ...fact, receivedDateTime: undefined }, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

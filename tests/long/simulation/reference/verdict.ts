import { isAfter, isOf, lastOf, type Fact, type FactOf } from './facts.ts';

export const LEVEL_OF: Readonly<Record<string, number>> = {
  minimal: 0,
  low: 1,
  medium: 2,
  high: 3,
};

type Risk = FactOf<'risk'>;

/** The level alone decides, unless the device is compromised, which is worse; a misconfigured app is a little worse. */
function badness({ riskLevel, health }: Risk): number {
  const extra = health === 'compromised' ? 100 : Number(health === 'misconfigured');
  return 2 * (LEVEL_OF[riskLevel] ?? 0) + extra;
}

/**
 * The partner's verdict: the last one without an unknown word, or a later one with unknown words that is not better. Of
 * several such the worst counts, since none of them was read whole.
 */
export function verdictOf(facts: readonly Fact[]): Risk | undefined {
  const known = lastKnownVerdict(facts);
  const later = facts
    .filter(isOf('risk'))
    .filter((risk) => risk.isDoubtful === true)
    .filter((risk) => known === undefined || lastOf([known, risk], badness) === risk);
  const worst = Math.max(...[...later, ...(known === undefined ? [] : [known])].map(badness));
  const last = lastOf(
    later.filter((risk) => badness(risk) === worst),
    badness,
  );
  return last ?? known;
}

export function lastKnownVerdict(facts: readonly Fact[]): Risk | undefined {
  return lastOf(
    facts.filter(isOf('risk')).filter(({ isDoubtful }) => isDoubtful !== true),
    badness,
  );
}

/** The state of the app on the device, by what it did and what the partner said. */
export function appHealthOf(
  facts: readonly Fact[],
  isCompromisedByThreat: boolean,
): 'compromised' | 'deactivated' | 'misconfigured' | 'secured' | 'activated' | 'unknown' {
  const verdict = verdictOf(facts);
  const activated = lastOf(facts.filter(isOf('activated')));
  const deactivated = lastOf(facts.filter(isOf('deactivated')));
  if (isCompromisedByThreat || verdict?.health === 'compromised') return 'compromised';
  if (deactivated !== undefined && !(activated !== undefined && isAfter(activated, deactivated)))
    return 'deactivated';
  // After a deactivation the device must be assessed again.
  const isAssessed =
    verdict !== undefined && (deactivated === undefined || isAfter(verdict, deactivated));
  if (isAssessed) return verdict.health === 'misconfigured' ? 'misconfigured' : 'secured';
  return activated === undefined ? 'unknown' : 'activated';
}

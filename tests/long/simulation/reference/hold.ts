import type { Rename } from '../histories/history.ts';
import type { Severity } from '../histories/simulatedEvent.ts';
import { expectedOf, type Expected, type Rules } from './expectedOf.ts';
import { isOf, type Fact } from './facts.ts';
import type { Moment } from './silence.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The smallest number of devices, and the share of all, that one word may newly block. */
export const MOST_BLOCKED = { fewest: 3, shareInPercent: 25 };

/** How many devices of the fleet a new word may block at most before it is held. */
export function mostBlockedOf(fleet: number): number {
  const { fewest, shareInPercent } = MOST_BLOCKED;
  return Math.max(fewest - 1, Math.floor((fleet * shareInPercent) / 100));
}

/**
 * What a device may be whose vendor has a new word: until an operator says what it means, the word counts as the worst for
 * the first devices, and for nothing for the others. After a day that counts as missing data, which blocks here.
 */
export function expectedWithRename(
  facts: readonly Fact[],
  rules: Rules,
  moment: Moment,
  { at, meaning, saidAt }: Rename & { readonly saidAt: number },
): readonly Expected[] {
  const isSaid = moment.now > saidAt;
  if (isSaid && meaning !== undefined)
    return expectedOf(withMeaning(facts, meaning), rules, moment);
  const blocked = expectedOf(facts, rules, moment);
  const spared = expectedOf(withMeaning(facts, 'nothing'), rules, moment);
  const isOver = moment.now > at + DAY + 15 * 60 * 1000;
  return [...blocked, ...(isOver ? spared.map(withMissingData) : spared)];
}

function withMissingData(expected: Expected): Expected {
  return expected.complianceState === 'compliant'
    ? { ...expected, complianceState: 'noncompliant' }
    : expected;
}

function withMeaning(facts: readonly Fact[], meaning: Severity | 'nothing'): readonly Fact[] {
  const isNew = (fact: Fact): boolean => isOf('incident')(fact) && fact.isDoubtful === true;
  return meaning === 'nothing'
    ? facts.filter((fact) => !isNew(fact))
    : facts.map((fact) => (isNew(fact) ? ({ ...fact, severity: meaning } as Fact) : fact));
}

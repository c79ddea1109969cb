import type { History } from './histories/history.ts';
import { saidAt } from './operators.ts';
import { expectedOf, type Expected, type Rules } from './reference/expectedOf.ts';
import type { Fact } from './reference/facts.ts';
import { expectedWithRename } from './reference/hold.ts';
import type { Moment } from './reference/silence.ts';

/** What a device with these facts may be at the moment, by the rules that this history is about. */
export function expectationsOf(
  { rename }: History,
  facts: readonly Fact[],
  rules: Rules,
  moment: Moment,
): readonly Expected[] {
  return rename === undefined
    ? expectedOf(facts, rules, moment)
    : expectedWithRename(facts, rules, moment, { ...rename, saidAt: saidAt(rename) });
}

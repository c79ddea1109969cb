import { BUILT_IN_RULES, type BuiltInFacts } from './complianceRules.ts';
import type { PolicyVerdict } from './evaluatePolicy.ts';

/** The built-in policy on one device. */
export function evaluateBuiltInPolicy(facts: BuiltInFacts): PolicyVerdict {
  const reasons = BUILT_IN_RULES.filter(({ isFailed }) => isFailed(facts)).map(
    ({ reason, setting }) => ({ ...reason, setting }),
  );
  return { status: reasons.length === 0 ? 'compliant' : 'nonCompliant', reasons, state: undefined };
}

/** Graph `complianceState`, the values that are used here. */
export const COMPLIANCE_STATES = [
  'unknown',
  'compliant',
  'inGracePeriod',
  'noncompliant',
  'error',
] as const;
export type ComplianceState = (typeof COMPLIANCE_STATES)[number];

/** `unknown` grants no access, so it ranks behind the states that do. Else the order is Intune's order of severity. */
const RANKS: Readonly<Record<ComplianceState, number>> = {
  compliant: 0,
  inGracePeriod: 1,
  unknown: 2,
  noncompliant: 3,
  error: 4,
};

/** Sorts the best first: less than 0 if `a` is better than `b`, 0 if both are equal, else more. */
export function compareComplianceStates(a: ComplianceState, b: ComplianceState): number {
  return RANKS[a] - RANKS[b];
}

/** Intune: a device in its grace period is not compliant, but still has access. */
export function isCompliantOrInGrace({
  complianceState,
}: {
  readonly complianceState: ComplianceState;
}): boolean {
  return complianceState === 'compliant' || complianceState === 'inGracePeriod';
}

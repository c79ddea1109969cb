import type { AccessContext } from './accessContext.ts';
import type { Applicability } from './applicability.ts';
import { isCompliantOrInGrace } from '../compliance/complianceState.ts';
import type { ConditionalAccessPolicy } from '../compliance/configuration.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { hasControl, isIdentifiedAsRequired } from './grantControls.ts';

/** The decision that a report-only policy would have made; Graph `appliedConditionalAccessPolicy`. */
export interface ReportOnlyResult {
  readonly id: string;
  readonly displayName: string;
  readonly result: 'reportOnlySuccess' | 'reportOnlyFailure' | 'reportOnlyNotApplied';
}

/** The result of a report-only policy. It never changes the decision. */
export function toReportOnlyResult(
  policy: ConditionalAccessPolicy,
  applicability: Applicability,
  evaluation: ComplianceEvaluation,
  context: AccessContext,
): ReportOnlyResult {
  const { id, displayName } = policy;
  if (applicability === 'no') return { id, displayName, result: 'reportOnlyNotApplied' };
  const isBlocking =
    hasControl(policy, 'block') ||
    !isIdentifiedAsRequired(policy, context) ||
    (hasControl(policy, 'compliantDevice') && !isCompliantOrInGrace(evaluation));
  return { id, displayName, result: isBlocking ? 'reportOnlyFailure' : 'reportOnlySuccess' };
}

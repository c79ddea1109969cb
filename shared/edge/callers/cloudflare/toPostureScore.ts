import { isCompliantOrInGrace } from '../../../domain/compliance/complianceState.ts';
import type { ComplianceEvaluation } from '../../../domain/compliance/evaluateCompliance.ts';
import type { PartnerReportedThreatState } from '../../../domain/vocabulary/threat.ts';

/** What is not known to be well scores as what is known not to be. */
const SCORES: Readonly<Record<PartnerReportedThreatState, number>> = {
  secured: 100,
  lowSeverity: 75,
  mediumSeverity: 40,
  highSeverity: 0,
  compromised: 0,
  unknown: 0,
  activated: 0,
  deactivated: 0,
  unresponsive: 0,
  misconfigured: 0,
};

/**
 * How well a device is, 0 to 100, higher is better: by its threat state where it is compliant or in its grace period,
 * and 0 where it is not. A device that fails a policy for another reason than a threat (no passcode, an old system)
 * must pass no threshold; one that its policies let in with a threat passes those at or under its score.
 */
export function toPostureScore(evaluation: ComplianceEvaluation): number {
  return isCompliantOrInGrace(evaluation) ? SCORES[evaluation.partnerReportedThreatState] : 0;
}

import { isCompliantOrInGrace } from '../../../domain/compliance/complianceState.ts';
import type { ComplianceEvaluation } from '../../../domain/compliance/evaluateCompliance.ts';
import type { PartnerReportedThreatState } from '../../../domain/vocabulary/threat.ts';

/** An unknown state scores 0, like a bad one. */
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
 * The health of a device, 0 to 100, higher is better: by its threat state if it is compliant or in its grace period,
 * otherwise 0. So a device that fails a policy for another reason than a threat (no passcode, an old system) passes no
 * threshold. A device that its policies allow in spite of a threat passes every threshold up to its score.
 */
export function toPostureScore(evaluation: ComplianceEvaluation): number {
  return isCompliantOrInGrace(evaluation) ? SCORES[evaluation.partnerReportedThreatState] : 0;
}

import type { DateTime } from '../../base/dateTime.ts';
import type { ReportOnlyResult } from '../../domain/access/reportOnlyResult.ts';
import type { Remediation } from '../../domain/access/remediation.ts';
import type { ComplianceEvaluation } from '../../domain/compliance/evaluateCompliance.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { Identification } from '../../domain/vocabulary/identification.ts';
import type { Reason } from '../../domain/vocabulary/reason.ts';
import type { AccessRequest } from './accessRequest.ts';

/** A decision and its reasons, in codes. Each protocol adds its own words. */
export interface AccessOutcome {
  readonly decisionId: string;
  readonly decision: 'allow' | 'block';
  readonly reasons: readonly Reason[];
  readonly identifiedBy: Identification;
  readonly complianceState: ComplianceState;
  readonly remediation: readonly Remediation[];
  /** Absent from an allowance if the pages are opened by tickets. */
  readonly remediationUrl?: string;
  readonly policyVersion: string;
  readonly reportOnlyPolicies: readonly ReportOnlyResult[];
  readonly evaluatedDateTime: DateTime;
  readonly expiresDateTime: DateTime;
}

/** A request with the evaluation of its device and the decision on it. */
export interface DecidedAccess {
  readonly request: AccessRequest;
  readonly evaluation: ComplianceEvaluation;
  readonly outcome: AccessOutcome;
}

import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from './complianceState.ts';
import type { PolicyState } from './evaluatePolicy.ts';
import type { PartnerReportedThreatState } from '../vocabulary/threat.ts';

/**
 * The last evaluation, stored as a view for lists, alerts and transitions, with the history that grace periods need.
 * Answers never use it: they evaluate again.
 */
export interface StoredEvaluation {
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly partnerReportedThreatState: PartnerReportedThreatState;
  readonly isSilent: boolean;
  readonly evaluatedDateTime: DateTime;
  /** The latest change of the configuration that was used. */
  readonly configuredDateTime?: DateTime;
  /** When the device becomes silent, by the devices' clock; absent once it is. */
  readonly silenceDueDateTime?: DateTime;
  /** When the end of a grace period, or of an error's retention, changes the state, by the wall clock. */
  readonly changeDueDateTime?: DateTime;
  /** When the next scheduled action is due, by the wall clock. It changes no state. */
  readonly noticeDueDateTime?: DateTime;
  /** By policy id. */
  readonly policyStates: Readonly<Record<string, PolicyState>>;
}

import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from './complianceState.ts';
import type { PolicyState } from './evaluatePolicy.ts';
import type { PartnerReportedThreatState } from '../vocabulary/threat.ts';

/**
 * What an evaluation left behind: a materialised view for lists, alerts and transitions, never an answer; and the
 * memory that grace periods need.
 */
export interface StoredEvaluation {
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly partnerReportedThreatState: PartnerReportedThreatState;
  readonly isSilent: boolean;
  readonly evaluatedDateTime: DateTime;
  /** The latest change of the configuration that it was evaluated by. */
  readonly configuredDateTime?: DateTime;
  /** When the device's silence would pass its deadline, by the devices' clock; absent where it has. */
  readonly silenceDueDateTime?: DateTime;
  /** When the end of a grace period or of a kept error would change the state, by the wall clock. */
  readonly changeDueDateTime?: DateTime;
  /** When the next step of `scheduledActionsForRule` is to be told, by the wall clock; it changes no state. */
  readonly noticeDueDateTime?: DateTime;
  /** By policy id. */
  readonly policyStates: Readonly<Record<string, PolicyState>>;
}

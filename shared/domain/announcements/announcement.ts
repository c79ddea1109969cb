import type { DateTime } from '../../base/dateTime.ts';
import type { StoredEvaluation } from '../compliance/storedEvaluation.ts';

/** The states of a device that others see. */
export type Announced = Pick<StoredEvaluation, 'complianceState' | 'partnerReportedThreatState'>;

interface AnnouncementBase {
  /** Unique and deterministic, so a receiver can drop a repeat. */
  readonly id: string;
  readonly deviceId: string;
  /** Counts the announcements of this device from 1, without gaps. */
  readonly sequence: number;
  readonly occurredDateTime: DateTime;
  /** When the device record began that counts these announcements. A device that was deleted and returns begins a new one. */
  readonly beganDateTime?: DateTime;
  readonly userPrincipalName?: string;
  readonly reasonCodes: readonly string[];
}

/** A change of a state that others see. */
export interface Transition extends AnnouncementBase {
  readonly type: 'transition';
  readonly previous: Announced;
  readonly current: Announced;
  /**
   * The last known states before `previous`, which may be `unknown` or without an assessment. Each is absent if none was
   * ever known. A receiver that gets no unknown states can go from one known state to the next.
   */
  readonly lastKnown: Partial<Announced>;
}

/** A scheduled action (`scheduledActionsForRule`) that is due while the device still fails its policy. */
export interface Notice extends AnnouncementBase {
  readonly type: 'notice';
  readonly actionType: 'notification' | 'pushNotification';
  readonly policyId: string;
  readonly policyDisplayName: string;
  readonly notificationTemplateId?: string;
  readonly notificationMessageCCList?: readonly string[];
  readonly noncompliantSinceDateTime: DateTime;
  /** When the policy blocks the device, or when it did. */
  readonly blockDateTime: DateTime;
}

export type Announcement = Transition | Notice;

import type { DateTime } from '../../base/dateTime.ts';
import type { StoredEvaluation } from '../compliance/storedEvaluation.ts';

/** What others see of a device. */
export type Announced = Pick<StoredEvaluation, 'complianceState' | 'partnerReportedThreatState'>;

interface AnnouncementBase {
  /** Deterministic, so that a receiver can drop the repeat; no two announcements have the same. */
  readonly id: string;
  readonly deviceId: string;
  /** Counts what is told of this device from 1, without gaps. */
  readonly sequence: number;
  readonly occurredDateTime: DateTime;
  /** When the record began whose announcements are counted; a device that was forgotten begins a new one. */
  readonly beganDateTime?: DateTime;
  readonly userPrincipalName?: string;
  readonly reasonCodes: readonly string[];
}

/** One change of what others see of a device. */
export interface Transition extends AnnouncementBase {
  readonly type: 'transition';
  readonly previous: Announced;
  readonly current: Announced;
  /**
   * What was last known before it, where `previous` is `unknown` or says that there is no assessment; each absent where
   * nothing ever was. A receiver that is not told of the unknown goes from one known state to the next.
   */
  readonly lastKnown: Partial<Announced>;
}

/** One step of `scheduledActionsForRule` whose time has come while the device still fails its policy. */
export interface Notice extends AnnouncementBase {
  readonly type: 'notice';
  readonly actionType: 'notification' | 'pushNotification';
  readonly policyId: string;
  readonly policyDisplayName: string;
  readonly notificationTemplateId?: string;
  readonly notificationMessageCCList?: readonly string[];
  readonly noncompliantSinceDateTime: DateTime;
  /** When the policy blocks, or has blocked, the device. */
  readonly blockDateTime: DateTime;
}

/** What a device has to tell. */
export type Announcement = Transition | Notice;

import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { DateTime } from '../../base/dateTime.ts';

/** The outcome of delivering one announcement to one target. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** Try again, not before `retryAfterInSeconds` if the target named a time. */
  | {
      readonly outcome: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly retryAfterInSeconds?: number;
    }
  /** The target will never accept it. It is dead-lettered for an operator, and delivery goes on with the next one. */
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string }
  /** Like `refused`, for every announcement: the target is being removed from the list. */
  | { readonly outcome: 'gone'; readonly code: string; readonly reason: string };

/** A receiver of announcements. */
export interface Target {
  /** Unique and lasting: `eventStream:{id}`, `webhookEndpoint:{id}`, `entra`. */
  readonly id: string;
  /** Announcements are kept for it in order, and not sent for now. */
  readonly isPaused: boolean;
  /** When its last pause ended. The announcements that were kept for it are delivered after that. */
  readonly resumedDateTime?: DateTime;
  /**
   * Delivers the announcement, possibly for the second time. An announcement that the target did not ask for counts as
   * `delivered`. Never throws; ends soon after `signal` aborts. The announcements of a device come one at a time, in
   * order.
   */
  deliver(announcement: Announcement, signal: AbortSignal): Promise<Delivery>;
}

/** All current targets, from a configuration that is at most a few seconds old. */
export type ListTargets = () => Promise<readonly Target[]>;

/** The Entra target. It can also write a device without an announcement. */
export interface EntraTarget extends Target {
  write(deviceId: string, signal: AbortSignal): Promise<Delivery>;
}

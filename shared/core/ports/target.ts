import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { DateTime } from '../../base/dateTime.ts';

/** What became of one announcement at one target. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  /** To be tried again, not before `retryAfterInSeconds` where the target named a time. */
  | {
      readonly outcome: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly retryAfterInSeconds?: number;
    }
  /** It will never be taken, however often it is sent: an operator has to look at it, and the next one goes on. */
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string }
  /** As refused, and so is everything else: the target is on its way out of the list. */
  | { readonly outcome: 'gone'; readonly code: string; readonly reason: string };

/** Somebody who is told what happens to devices. */
export interface Target {
  /** Unique and lasting: `eventStream:{id}`, `webhookEndpoint:{id}`, `entra`. */
  readonly id: string;
  /** Everything is kept for it, in order, and nothing is sent for now. */
  readonly isPaused: boolean;
  /** When it was last no longer paused: what is held for it is looked for after that. */
  readonly resumedDateTime?: DateTime;
  /**
   * Tells the target, which may already know. One that does not want to hear of this has been `delivered`. Never
   * throws; ends soon after `signal` has. It is called with one announcement of a device at a time, in order.
   */
  deliver(announcement: Announcement, signal: AbortSignal): Promise<Delivery>;
}

/** Everybody who is to be told at this moment: read from the configuration, at most a few seconds old. */
export type ListTargets = () => Promise<readonly Target[]>;

/** The Entra target, which can also write a device that has no announcement. */
export interface EntraTarget extends Target {
  write(deviceId: string, signal: AbortSignal): Promise<Delivery>;
}

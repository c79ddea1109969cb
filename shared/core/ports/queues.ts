import type { Dependency } from './dependency.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';

/** Why a message was dead-lettered. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
}

/** A signal in the queue, with its number of failed attempts. */
export interface QueuedSignal {
  readonly attempt: number;
  readonly signal: Signal;
}

export interface SignalSender {
  /** Resolves once the broker has all signals. On failure, some may already be queued. Duplicates are harmless. */
  send(signals: readonly Signal[]): Promise<void>;
}

/** Vouches for the messages of one queue. */
export interface MessageMac {
  /** The MAC of a message that says this text. */
  readonly macOf: (said: string) => string;
  /** The body of a message with its MAC. */
  readonly sign: (body: object) => object;
  /** Whether this system wrote the message. */
  readonly isAuthentic: (body: unknown) => boolean;
}

export interface MessageRetry extends Pick<MessageMac, 'sign' | 'isAuthentic'> {
  /** Sends a signed message again, for delivery after a delay. */
  sendLater(body: unknown, delayInSeconds: number): Promise<void>;
  /**
   * Moves a message to the dead letters, where an operator finds it with the code and the reason. The message stays as it
   * is: with its MAC an operator can replay it, and without one it fails again.
   */
  deadLetter(body: unknown, failure: Failure): Promise<void>;
}

export interface AnnouncementSender {
  /** Resolves once the broker has all announcements, in order. */
  publish(announcements: readonly Announcement[]): Promise<void>;
}

/** Both queues. Sending resolves once the broker has the messages. */
export interface Queues extends SignalSender, AnnouncementSender, Dependency {
  readonly signalRetry: MessageRetry;
  readonly announcementRetry: MessageRetry;
  close(): Promise<void>;
}

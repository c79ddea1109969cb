import type { Dependency } from './dependency.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';

/** Why a message is with the dead letters. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
}

/** A signal on its way, with how often it has failed. */
export interface QueuedSignal {
  readonly attempt: number;
  readonly signal: Signal;
}

export interface SignalSender {
  /** Resolves once the broker has every one of them; on failure some may be there already, which is harmless. */
  send(signals: readonly Signal[]): Promise<void>;
}

export interface MessageRetry {
  /** Sends a message again, to be delivered after a delay. */
  sendLater(body: unknown, delayInSeconds: number): Promise<void>;
  /** Puts a message where an operator finds it, with the code and the reason. */
  deadLetter(body: unknown, failure: Failure): Promise<void>;
}

export interface AnnouncementSender {
  /** Resolves once the broker has every one of them, in order. */
  publish(announcements: readonly Announcement[]): Promise<void>;
}

/** Both queues. Sending resolves once the broker has the messages. */
export interface Queues extends SignalSender, AnnouncementSender, Dependency {
  readonly signalRetry: MessageRetry;
  readonly announcementRetry: MessageRetry;
  close(): Promise<void>;
}

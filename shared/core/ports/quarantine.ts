import type { Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Page } from './page.ts';

export type RejectionCode =
  /** A part cannot be read. */
  | 'invalidEvent'
  /** A word is not in the vocabulary. It counts as the worst. */
  | 'unknownWord'
  | 'unknownEventType'
  | 'observedInFuture';

/** Why one event of a request was rejected. */
export interface Rejection extends Problem {
  readonly code: RejectionCode;
}

/** A rejection with its place in the request. */
export interface RejectedItem extends Rejection {
  readonly index: number;
  /** The types of the signals that the rest of the event became; absent if nothing of it counts. */
  readonly counted?: readonly string[];
}

/** The endpoints whose requests are quarantined. */
export const QUARANTINE_SOURCES = ['webhook', 'telemetry', 'eventSource'] as const;

/** A request with at least one event that was not read whole. */
export interface QuarantinedRequest {
  /** Decides by which rules the body is parsed. */
  readonly source: (typeof QUARANTINE_SOURCES)[number];
  /** The event source; only with the source `eventSource`. */
  readonly sourceId?: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
  readonly rejected: readonly RejectedItem[];
  /** `false` if the stored request is not as this system stored it. Present in loaded requests. */
  readonly isAuthentic?: boolean;
}

/** A quarantined request in a list. */
export interface QuarantineEntry {
  readonly name: string;
  readonly receivedDateTime: DateTime;
  readonly source: QuarantinedRequest['source'];
  readonly rejectedCount: number;
  /** How many of the rejected events count in part. */
  readonly partialCount: number;
  /** The code of the first rejection. */
  readonly code: string;
}

export interface Quarantine {
  /** Stores the raw request. A repeat of the request has the same name, so it overwrites. */
  store(name: string, request: QuarantinedRequest): Promise<void>;
  /** One page, in order of the names. */
  list(top: number, continuation: string | undefined): Promise<Page<QuarantineEntry>>;
  load(name: string): Promise<QuarantinedRequest | undefined>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}

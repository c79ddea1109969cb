import type { Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';

export type RejectionCode =
  | 'invalidEvent'
  | 'unknownEventType'
  | 'observedInFuture'
  | 'eventTooLarge';

/** Why one event of a request was rejected. */
export interface Rejection extends Problem {
  readonly code: RejectionCode;
}

/** A rejection with its place in the request. */
export type RejectedItem = Rejection & { readonly index: number };

/** A request of which something was rejected. */
export interface QuarantinedRequest {
  /** Where it came: by which rules it is read. */
  readonly source: 'webhook' | 'telemetry';
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly requestId: string;
  readonly receivedDateTime: DateTime;
  readonly rejected: readonly RejectedItem[];
}

/** What a list shows of one. */
export interface QuarantineEntry {
  readonly name: string;
  readonly receivedDateTime: DateTime;
  readonly source: QuarantinedRequest['source'];
  readonly rejectedCount: number;
  /** Why the first of them was. */
  readonly code: string;
}

export interface Quarantine {
  /** Keeps a rejected request, raw, under a name that a repeat of it has too. */
  store(name: string, request: QuarantinedRequest): Promise<void>;
  /** One page, in the order of their names. */
  list(
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly entries: readonly QuarantineEntry[]; readonly continuation?: string }>;
  load(name: string): Promise<QuarantinedRequest | undefined>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}

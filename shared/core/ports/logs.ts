import type { Log } from '../../base/log.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { IdentifiedBy } from '../../domain/vocabulary/identification.ts';
import type { Page } from './page.ts';

/** One change of the configuration; Graph's `auditEvent`. */
export interface AuditEvent {
  readonly id: string;
  readonly activityDateTime: DateTime;
  readonly activityType: string;
  /** `pending` if the process ended before the result was known. */
  readonly activityResult: 'pending' | 'success' | 'failure';
  /** The application and the person or service principal, as the token names them. */
  readonly actor: {
    readonly applicationId?: string;
    readonly subject?: string;
    readonly userPrincipalName?: string;
  };
  readonly resourceType: string;
  readonly resourceId: string;
  /** The caller confirmed the change, so nothing checked whether it blocks every device. */
  readonly isConfirmed?: true;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditLog {
  /** Stores the event. It replaces an event with the same id. */
  record(event: AuditEvent): Promise<void>;
  /** One page, newest first. */
  list(top: number, continuation: string | undefined): Promise<Page<AuditEvent>>;
}

/** The log entry of a decision; identifiers are masked. */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly evaluatedDateTime: DateTime;
  /** The application, or the name of its key. */
  readonly caller: string;
  readonly resource: string;
  readonly identifiedBy: IdentifiedBy;
  /** The device; the user, if the caller named no device. */
  readonly device: string;
  readonly userPrincipalName?: string;
  readonly decision: 'allow' | 'block';
  readonly complianceState: ComplianceState;
  readonly reasonCodes: readonly string[];
  readonly policyVersion: string;
}

export interface DecisionLog {
  /** The name of this process, which each of its decision ids contains. */
  readonly writer: string;
  /**
   * Stores the records later. Never throws and never waits: a decision does not depend on its log. If too many wait, the
   * records are lost, and `log` gets a warning with their number, at most once a minute.
   */
  record(records: readonly DecisionRecord[], log: Pick<Log, 'warn'>): void;
  /** The record of a decision that was made at `moment`. Reads at most what one process wrote in that minute. */
  find(decisionId: string, moment: Date): Promise<DecisionRecord | undefined>;
}

/** One delivery attempt to a webhook endpoint. */
export interface DeliveryRecord {
  readonly id: string;
  readonly attemptedDateTime: DateTime;
  readonly webhookId: string;
  readonly type: string;
  readonly outcome: 'delivered' | 'failed' | 'refused';
  /** The endpoint's answer; absent if it did not answer. */
  readonly status?: number;
  readonly code?: string;
  readonly durationInMilliseconds: number;
}

export interface DeliveryLog {
  record(endpointId: string, record: DeliveryRecord): Promise<void>;
  /** One page, newest first. */
  list(
    endpointId: string,
    top: number,
    continuation: string | undefined,
  ): Promise<Page<DeliveryRecord>>;
}

import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from '../../domain/compliance/storedEvaluation.ts';
import type { IdentifiedBy } from '../../domain/vocabulary/identification.ts';

/** One change of the configuration; Graph `auditEvent`. */
export interface AuditEvent {
  readonly id: string;
  readonly activityDateTime: DateTime;
  readonly activityType: string;
  /** `pending` where the writer was cut off between saying and doing. */
  readonly activityResult: 'pending' | 'success' | 'failure';
  /** The application and the person or service principal, as their token names them. */
  readonly actor: {
    readonly applicationId?: string;
    readonly subject?: string;
    readonly userPrincipalName?: string;
  };
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface AuditLog {
  /** Keeps the event, in place of one with the same id. */
  record(event: AuditEvent): Promise<void>;
  /** One page, latest first. */
  list(
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly events: readonly AuditEvent[]; readonly continuation?: string }>;
}

/** What is kept of a decision; identifiers are masked. */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly evaluatedDateTime: DateTime;
  /** The application, or the name of the key, that asked. */
  readonly caller: string;
  readonly resource: string;
  readonly identifiedBy: IdentifiedBy;
  /** Of the device; of the user, where no device was named. */
  readonly device: string;
  readonly userPrincipalName?: string;
  readonly decision: 'allow' | 'block';
  readonly complianceState: ComplianceState;
  readonly reasonCodes: readonly string[];
  readonly policyVersion: string;
}

export interface DecisionLog {
  /** Keeps the records soon; never fails and never waits, since a decision does not hang on its log. */
  record(records: readonly DecisionRecord[]): void;
  /** The record of a decision made at `moment`. */
  find(decisionId: string, moment: Date): Promise<DecisionRecord | undefined>;
}

/** One attempt at a webhook endpoint. */
export interface DeliveryRecord {
  readonly id: string;
  readonly attemptedDateTime: DateTime;
  readonly webhookId: string;
  readonly type: string;
  readonly outcome: 'delivered' | 'failed' | 'refused';
  /** What the endpoint answered; absent where it did not. */
  readonly status?: number;
  readonly code?: string;
  readonly durationInMilliseconds: number;
}

export interface DeliveryLog {
  record(endpointId: string, record: DeliveryRecord): Promise<void>;
  /** One page, latest first. */
  list(
    endpointId: string,
    top: number,
    continuation: string | undefined,
  ): Promise<{ readonly records: readonly DeliveryRecord[]; readonly continuation?: string }>;
}

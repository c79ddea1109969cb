export const RISK_LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];
export const SEVERITIES = ['low', 'medium', 'high'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const DEFENCES = ['physical', 'network', 'application', 'vulnerability'] as const;
export type Defence = (typeof DEFENCES)[number];

/** Something that happened, at a time by its sender's clock. The other properties of an event are what it means. */
interface Happened {
  readonly id: string;
  readonly deviceId: string;
  /** When it happened, in milliseconds since 1970. */
  readonly observed: number;
  /** When it is first reported, possibly after later events. */
  readonly reported: number;
  /** What the sender writes, if that is not the plain form. */
  readonly wire?: object;
  /** Sent in a request of its own, and known by the id of that request. */
  readonly isAlone?: true;
  /** The sender's time cannot be used. */
  readonly isUndated?: true;
  /** The event source that reports it; absent for SEP Mobile's webhook and telemetry. */
  readonly sourceId?: string;
  /** It has an unknown word, which counts as the worst. */
  readonly isDoubtful?: true;
}

/** What an operator knows about a device. */
export interface Enrolment {
  readonly serialNumber: string;
  readonly udid?: string;
  readonly userPrincipalName?: string;
  /** Absent: nobody knows. */
  readonly groupIds?: readonly string[];
}

/** A threat in telemetry. */
export interface Finding {
  readonly level: Severity;
  /** The user cannot repair it. */
  readonly isForAdministrator?: true;
}

/** What a telemetry report says about one defence. */
export interface DefenceReport {
  readonly findings: readonly Finding[];
  readonly isDoubtful: boolean;
}

export type SimulatedEvent =
  | (Happened & { readonly type: 'enrolled'; readonly enrolment?: Enrolment })
  | (Happened & { readonly type: 'unenrolled' })
  | (Happened & { readonly type: 'activated' })
  | (Happened & { readonly type: 'deactivated' })
  | (Happened & { readonly type: 'heartbeat' })
  | (Happened & {
      readonly type: 'risk';
      readonly riskLevel: RiskLevel;
      readonly health?: 'compromised' | 'misconfigured';
    })
  | (Happened & {
      readonly type: 'incident';
      readonly incidentId: string;
      readonly severity: Severity;
      readonly status: 'open' | 'resolved';
      /** `application` if absent. */
      readonly category?: Defence | 'every';
      /** Its source never ends it by itself. */
      readonly isDetection?: true;
    })
  | (Happened & {
      readonly type: 'telemetry';
      readonly wire: object;
      readonly reports: Readonly<Partial<Record<Defence, DefenceReport>>>;
      /** The defences of which something cannot be read. */
      readonly unreadable: readonly Defence[];
    })
  /** A report whose bad news cannot be read. */
  | (Happened & { readonly type: 'unreadable'; readonly kind: 'risk' | 'incident' | 'event' })
  /** Nothing that counts for any device. */
  | (Happened & { readonly type: 'nothing' });

export type EventOf<T extends SimulatedEvent['type']> = SimulatedEvent & { readonly type: T };

/** Whether an operator causes it, not the partner. */
export function isByOperator({ type }: SimulatedEvent): boolean {
  return type === 'enrolled' || type === 'unenrolled';
}

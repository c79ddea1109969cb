import type { DateTime } from '../../base/dateTime.ts';
import type {
  ApplicationTelemetry,
  IncidentDetails,
  ManagedDeviceProperties,
  NetworkTelemetry,
  PhysicalTelemetry,
  UserProperty,
  VulnerabilityTelemetry,
} from '../vocabulary/signal.ts';
import type { RiskLevel } from '../vocabulary/threat.ts';

/** When a fact was observed, and in which signal. Decides which fact wins. */
export interface Stamp {
  readonly observedDateTime: DateTime;
  readonly signalId: string;
}

/** A last-writer-wins register. */
export interface Fact<T> extends Stamp {
  readonly value: T;
}

type Enrolment =
  | {
      readonly isEnrolled: true;
      readonly properties: ManagedDeviceProperties;
      /** Intune's own id of the device. Present if Graph enrolled it, whoever changed the properties since. */
      readonly managedDeviceId?: string;
    }
  | { readonly isEnrolled: false };

export interface PartnerVerdict {
  readonly riskLevel: RiskLevel;
  readonly healthState?: 'compromised' | 'misconfigured';
}

/** A resolved incident stays as a tombstone, so a late `opened` cannot reopen it. */
export interface Incident extends IncidentDetails {
  readonly status: 'open' | 'resolved';
}

/**
 * The last report of an incident; once it is resolved, with the arrival of that report. Retention counts from the
 * arrival, not from the event: the event may have been in transit for weeks, and an older one may still follow it.
 */
export interface IncidentFact extends Fact<Incident> {
  /** Absent in facts that were stored before this property existed. */
  readonly receivedDateTime?: DateTime;
}

/**
 * All known facts about one device, without a verdict or a clock. Two devices with the same signals are equal, whatever
 * the order, repeats and batches in which the signals arrived.
 */
export interface Device {
  readonly deviceId: string;
  readonly enrolment?: Fact<Enrolment>;
  /** The properties that named a user in any enrolment. Absent in records from before this property existed. */
  readonly namedUserBy?: readonly UserProperty[];
  readonly activated?: Stamp;
  readonly deactivated?: Stamp;
  readonly heartbeat?: Fact<{ readonly appVersion?: string }>;
  /** The latest sign of life of the device itself, not of its owner, its administrator or SEP Mobile's cloud. */
  readonly lastSeenDateTime?: DateTime;
  /**
   * The first verdict or open incident. A device that never gave a sign of life has its heartbeat window from here, so
   * verdicts alone do not keep it compliant. Absent in records from before this property existed.
   */
  readonly assessedSinceDateTime?: DateTime;
  readonly verdict?: Fact<PartnerVerdict>;
  /** One entry for each incident, sorted by id. */
  readonly incidents: readonly IncidentFact[];
  readonly physical?: Fact<PhysicalTelemetry>;
  readonly network?: Fact<NetworkTelemetry>;
  readonly application?: Fact<ApplicationTelemetry>;
  readonly vulnerability?: Fact<VulnerabilityTelemetry>;
}

/** A device without any facts. */
export function createDevice(deviceId: string): Device {
  return { deviceId, incidents: [] };
}

/** The properties from the enrolment; `undefined` if the device was never enrolled or no longer is. */
export function managedProperties(device: Device): ManagedDeviceProperties | undefined {
  const enrolment = device.enrolment?.value;
  return enrolment?.isEnrolled === true ? enrolment.properties : undefined;
}

/** Intune's id of a device that Graph enrolled and that still is enrolled; else `undefined`. */
export function managedDeviceIdOf(device: Device): string | undefined {
  const enrolment = device.enrolment?.value;
  return enrolment?.isEnrolled === true ? enrolment.managedDeviceId : undefined;
}

/** The incidents that SEP Mobile has not resolved. */
export function openIncidents({ incidents }: Device): readonly Incident[] {
  return incidents.map(({ value }) => value).filter(({ status }) => status === 'open');
}

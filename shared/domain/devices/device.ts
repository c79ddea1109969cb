import type { DateTime } from '../../base/dateTime.ts';
import type {
  ApplicationTelemetry,
  IncidentDetails,
  ManagedDeviceProperties,
  NetworkTelemetry,
  PhysicalTelemetry,
  VulnerabilityTelemetry,
} from '../vocabulary/signal.ts';
import type { RiskLevel } from '../vocabulary/threat.ts';

/** When a fact was so and which signal said it: the order in which facts win. */
export interface Stamp {
  readonly observedDateTime: DateTime;
  readonly signalId: string;
}

/** A last-writer-wins register. */
export interface Fact<T> extends Stamp {
  readonly value: T;
}

export type Enrolment =
  | {
      readonly isEnrolled: true;
      readonly properties: ManagedDeviceProperties;
      /** Intune's own id of the device: there where Graph enrolled it, whoever changed what since. */
      readonly managedDeviceId?: string;
    }
  | { readonly isEnrolled: false };

export interface PartnerVerdict {
  readonly riskLevel: RiskLevel;
  readonly healthState?: 'compromised' | 'misconfigured';
}

/** A resolved incident stays as a tombstone, so that a late `opened` cannot bring it back. */
export interface Incident extends IncidentDetails {
  readonly status: 'open' | 'resolved';
}

/**
 * An incident as it was last reported; once resolved, with when that reached us. Retention counts from there and not
 * from the event, which may have been under way for weeks before an older one follows it.
 */
export interface IncidentFact extends Fact<Incident> {
  /** Absent in what was stored before it was kept. */
  readonly receivedDateTime?: DateTime;
}

/**
 * Everything known about one device, as facts alone: no verdict, no clock. Two of these that saw the same signals
 * are equal, whatever the order, the repeats and the splits in which the signals came.
 */
export interface Device {
  readonly deviceId: string;
  readonly enrolment?: Fact<Enrolment>;
  readonly activated?: Stamp;
  readonly deactivated?: Stamp;
  readonly heartbeat?: Fact<{ readonly appVersion?: string }>;
  /** The latest moment at which the device itself, not its owner or administrator, gave a sign of life. */
  readonly lastSeenDateTime?: DateTime;
  readonly verdict?: Fact<PartnerVerdict>;
  /** In the order of their ids; one entry an incident. */
  readonly incidents: readonly IncidentFact[];
  readonly physical?: Fact<PhysicalTelemetry>;
  readonly network?: Fact<NetworkTelemetry>;
  readonly application?: Fact<ApplicationTelemetry>;
  readonly vulnerability?: Fact<VulnerabilityTelemetry>;
}

/** A device of which nothing is known but its id. */
export function createDevice(deviceId: string): Device {
  return { deviceId, incidents: [] };
}

/** What enrolment says of the device; `undefined` where it is not enrolled (never, or no longer). */
export function managedProperties(device: Device): ManagedDeviceProperties | undefined {
  const enrolment = device.enrolment?.value;
  return enrolment?.isEnrolled === true ? enrolment.properties : undefined;
}

/** Intune's id of the device, where Graph enrolled it and it still is; `undefined` for every other. */
export function managedDeviceIdOf(device: Device): string | undefined {
  const enrolment = device.enrolment?.value;
  return enrolment?.isEnrolled === true ? enrolment.managedDeviceId : undefined;
}

/** The incidents that SEP Mobile has not resolved. */
export function openIncidents({ incidents }: Device): readonly Incident[] {
  return incidents.map(({ value }) => value).filter(({ status }) => status === 'open');
}

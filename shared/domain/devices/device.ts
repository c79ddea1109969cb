import type { DateTime } from '../../base/dateTime.ts';
import type { ReportFault, ReportKind } from '../vocabulary/reportFault.ts';
import type {
  ApplicationTelemetry,
  Doubtful,
  IncidentDetails,
  ManagedDeviceProperties,
  NetworkTelemetry,
  PhysicalTelemetry,
  UserProperty,
  VulnerabilityTelemetry,
} from '../vocabulary/signal.ts';
import { toDeviceId } from '../vocabulary/deviceId.ts';
import type { Defence, IncidentSeverity, RiskLevel } from '../vocabulary/threat.ts';

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

export interface PartnerVerdict extends Doubtful {
  readonly riskLevel: RiskLevel;
  readonly healthState?: 'compromised' | 'misconfigured';
}

/** The first release stored resolved incidents too; the next write makes tombstones of them. */
export interface Incident extends IncidentDetails {
  readonly status: 'open' | 'resolved';
}

/** The last report of an incident. */
export interface IncidentFact extends Fact<Incident> {
  /** Only in resolved incidents that the first release stored. */
  readonly receivedDateTime?: DateTime;
  /** The last report of it without an unknown word, if the last report of all has one. */
  readonly known?: Fact<Incident>;
  /** The reports since with other unknown words, latest first. */
  readonly doubtful?: readonly Fact<Incident>[];
}

/**
 * A resolved incident, so a late `opened` cannot reopen it. Retention counts from the arrival, not from the event: the
 * event may have been in transit for weeks, and an older one may still follow it.
 */
export interface Tombstone {
  readonly incidentId: string;
  readonly observedDateTime: DateTime;
  readonly receivedDateTime: DateTime;
  /** When it ended, by its sender. It resolves only an incident that was detected before. */
  readonly resolvedDateTime?: DateTime;
}

/** Open incidents beyond the number that a record has room for. The record keeps the worst ones in full. */
export interface IncidentOverflow {
  /** By a hash of the incident's id: when it was last reported, in milliseconds since 1970. Its resolution removes it. */
  readonly open: Readonly<Record<string, number>>;
  /** How many reports had no room even there. They count until an operator clears them. */
  readonly lostCount: number;
  /** The worst severity of each type of threat, by `defence threatType`, or `* threatType` for every defence. */
  readonly types: Readonly<Record<string, IncidentSeverity>>;
  /** Of more types than are kept: the worst, by defence. */
  readonly worst: Readonly<Partial<Record<Defence, IncidentSeverity>>>;
  /** The time of the last of these reports. */
  readonly observedDateTime: DateTime;
}

/** A report whose bad news could not be read. */
export type UnreadableFact = Fact<{ readonly faults: readonly [ReportFault] }>;

/** The reports of a kind whose bad news could not be read: of each fault the last, the latest first. */
type UnreadableReports = readonly UnreadableFact[];

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
  /** The last verdict without an unknown word, if `verdict` has one. */
  readonly knownVerdict?: Fact<PartnerVerdict>;
  /** The verdicts since with other unknown words than `verdict`, latest first. */
  readonly doubtfulVerdicts?: readonly Fact<PartnerVerdict>[];
  /** One entry for each open incident, sorted by id. */
  readonly incidents: readonly IncidentFact[];
  /** One entry for each resolved incident, sorted by id. */
  readonly tombstones?: readonly Tombstone[];
  readonly incidentOverflow?: IncidentOverflow;
  /** The last readable report of an incident. */
  readonly incidentReported?: Stamp;
  /** The unreadable reports of each kind. A later readable report of the kind outdates it. */
  readonly unreadable?: Readonly<Partial<Record<ReportKind, UnreadableReports>>>;
  /** When an operator last looked at the unreadable reports. */
  readonly unreadableCleared?: Stamp;
  /** By the id of a fault: when the first report with it arrived. Tells whether a hold began before or after. */
  readonly faultsSince?: Readonly<Record<string, DateTime>>;
  readonly physical?: Fact<PhysicalTelemetry>;
  readonly network?: Fact<NetworkTelemetry>;
  readonly application?: Fact<ApplicationTelemetry>;
  readonly vulnerability?: Fact<VulnerabilityTelemetry>;
  /** By the id of an event source: what it reported. The other properties hold what the source `default` reported. */
  readonly sources?: Readonly<Record<string, SourceReports>>;
}

/** What one event source reported about a device. */
export interface SourceReports extends Omit<
  Device,
  'deviceId' | 'enrolment' | 'namedUserBy' | 'unreadableCleared' | 'sources'
> {}

/** What the event source reported about the device; `undefined` if it reported nothing. */
export function reportsOf({ sources = {} }: Device, sourceId: string): SourceReports | undefined {
  return Object.hasOwn(sources, sourceId) ? sources[sourceId] : undefined;
}

/** A device without any facts, whatever spelling of its id is given. */
export function createDevice(deviceId: string): Device {
  return { deviceId: toDeviceId(deviceId), incidents: [] };
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

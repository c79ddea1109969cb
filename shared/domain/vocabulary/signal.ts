import type { DateTime } from '../../base/dateTime.ts';
import type { ReportFault, ReportKind } from './reportFault.ts';
import type { Defence, IncidentSeverity, RiskLevel } from './threat.ts';

/** The properties of every signal, whoever sent it. */
interface SignalEnvelope {
  /** Deterministic for one fact of one sender, so a repeat is recognised. Breaks ties between equal times. */
  readonly signalId: string;
  /** When the fact was observed, by the sender's clock. Decides which fact wins. */
  readonly observedDateTime: DateTime;
  /** When the signal arrived, by our clock. It dates the partner's last report, and decides nothing about the device. */
  readonly receivedDateTime: DateTime;
  /** The event source of a fact that a partner reported. Absent for the source `default`, and for enrolments. */
  readonly sourceId?: string;
}

interface AboutDevice extends SignalEnvelope {
  readonly deviceId: string;
}

export const OPERATING_SYSTEMS = ['Android', 'iOS', 'iPadOS'] as const;
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number];

export const OWNER_TYPES = ['unknown', 'company', 'personal'] as const;

/** The properties of an enrolment that name its user. */
export const USER_PROPERTIES = ['userId', 'userPrincipalName'] as const;
export type UserProperty = (typeof USER_PROPERTIES)[number];

/** The groups of a device where not all of them are known. */
interface PartlyKnownGroups {
  readonly memberOf: readonly string[];
  /** The device may be a member of these. */
  readonly unknown: readonly string[];
}

/** Graph `managedDevice`, the properties that an enrolment contains. */
export interface ManagedDeviceProperties {
  readonly operatingSystem: OperatingSystem;
  readonly osVersion: string;
  readonly deviceName?: string;
  readonly userPrincipalName?: string;
  readonly userId?: string;
  readonly serialNumber?: string;
  readonly udid?: string;
  readonly imei?: string;
  readonly wiFiMacAddress?: string;
  readonly managedDeviceOwnerType?: (typeof OWNER_TYPES)[number];
  /** All groups of the device that a policy names. Absent if they are unknown, or only partly known. */
  readonly groupIds?: readonly string[];
  /** Only beside absent `groupIds`. */
  readonly partlyKnownGroups?: PartlyKnownGroups;
}

/** A report that was read in part. Each unknown word counts as the worst, until the fault is held or resolved. */
export interface Doubtful {
  readonly faults?: readonly ReportFault[];
}

/** The threat behind an incident. The signal's `status` says whether it is still open. */
export interface IncidentDetails extends Doubtful {
  readonly incidentId: string;
  readonly category: Defence;
  /** The category is unknown, so the incident counts for every defence. */
  readonly isEveryDefence?: true;
  readonly threatType: string;
  readonly severity: IncidentSeverity;
  readonly detectedDateTime: DateTime;
  readonly resolvedDateTime?: DateTime;
  readonly title?: string;
  readonly resource?: string;
  /** Its source reports detections only, never their end. It counts for the lifetime that its source has. */
  readonly isDetectionOnly?: true;
}

export interface PhysicalTelemetry extends Doubtful {
  readonly passcodeEnabled?: boolean;
  readonly storageEncrypted?: boolean;
  readonly jailbrokenOrRooted?: boolean;
  readonly developerMode?: boolean;
  readonly usbDebugging?: boolean;
  readonly unknownSources?: boolean;
}

export interface NetworkTelemetry extends Doubtful {
  readonly connected?: boolean;
  readonly ssid?: string;
  readonly bssid?: string;
  readonly security?: 'open' | 'wep' | 'wpa2' | 'wpa3';
  readonly tlsInterception?: 'none' | 'decryption' | 'stripping';
  readonly arpSpoofing?: boolean;
  readonly rogueAccessPoint?: boolean;
  readonly untrustedProfile?: boolean;
}

export interface InstalledApplication {
  readonly bundleId: string;
  readonly version?: string;
  readonly source?: 'store' | 'enterprise' | 'sideloaded' | 'unknown';
  readonly verdict?: 'clean' | 'unwanted' | 'suspicious' | 'malware';
  /** The sender's word, if `verdict` stands for an unknown one. */
  readonly verdictWord?: string;
  readonly name?: string;
}

export interface ApplicationTelemetry extends Doubtful {
  readonly installed?: readonly InstalledApplication[];
}

export interface VulnerabilityTelemetry extends Doubtful {
  readonly osVersion?: string;
  readonly securityPatchLevel?: string;
  readonly updateAvailable?: boolean;
  readonly cves?: readonly {
    readonly id: string;
    readonly cvss: number;
    /** The sender's value, if `cvss` stands for an unreadable one. */
    readonly cvssWord?: string;
  }[];
}

/** The report of each defence. A report replaces the earlier one of the same defence. */
export interface Telemetry {
  readonly physical?: PhysicalTelemetry;
  readonly network?: NetworkTelemetry;
  readonly application?: ApplicationTelemetry;
  readonly vulnerability?: VulnerabilityTelemetry;
}

/** One fact about one device. */
export type DeviceSignal =
  | (AboutDevice & {
      readonly type: 'enrolled';
      readonly properties: ManagedDeviceProperties;
      readonly managedDeviceId?: string;
    })
  | (AboutDevice & { readonly type: 'unenrolled' })
  | (AboutDevice & { readonly type: 'activated' })
  | (AboutDevice & { readonly type: 'deactivated' })
  | (AboutDevice & { readonly type: 'heartbeat'; readonly appVersion?: string })
  | (AboutDevice & {
      readonly type: 'riskReported';
      readonly riskLevel: RiskLevel;
      readonly healthState?: 'compromised' | 'misconfigured';
      readonly faults?: readonly ReportFault[];
    })
  | (AboutDevice & {
      readonly type: 'incidentReported';
      readonly status: 'open' | 'resolved';
      readonly incident: IncidentDetails;
    })
  | (AboutDevice & { readonly type: 'telemetryReported'; readonly telemetry: Telemetry })
  /** A report of this kind arrived, and its bad news could not be read. */
  | (AboutDevice & {
      readonly type: 'reportUnreadable';
      readonly kind: ReportKind;
      readonly fault: ReportFault;
    })
  /** An operator looked at the unreadable reports of the device. */
  | (AboutDevice & { readonly type: 'unreadableReportsCleared' });

/** The partner reports that it works, without reference to a device. */
type ConnectorSignal = SignalEnvelope & { readonly type: 'connectorHeartbeat' };

export type Signal = DeviceSignal | ConnectorSignal;

/** Removes properties from each member of a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A fact about a device that is not known yet. */
export type UndirectedSignal = Without<DeviceSignal, 'deviceId' | 'sourceId'>;

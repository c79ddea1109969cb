import { BEGINNING_OF_TIME, latest, type DateTime } from '../../base/dateTime.ts';
import type { Identification } from '../vocabulary/identification.ts';
import type { EventSource } from '../vocabulary/eventSource.ts';
import type { OperatingSystem } from '../vocabulary/signal.ts';
import type { Defence, ThreatCeiling, ThreatLevel } from '../vocabulary/threat.ts';
import type { KnownReportFault } from '../vocabulary/reportFault.ts';
import type { ThreatOverride } from '../threats/threatCatalogue.ts';

/** Graph `deviceManagementSettings`, and the clocks of this system. */
export interface TenantSettings {
  /** A device without an assigned policy, and a resource without a policy, are blocked. */
  readonly secureByDefault: boolean;
  /** Intune's compliance status validity period: after this without any contact a device is not active. */
  readonly deviceComplianceCheckinThresholdDays: number;
  /** A device counts as alive for this long after its last stored sign of life. It may have reported since. */
  readonly deviceHeartbeatWindowInSeconds: number;
  /** A heartbeat that would move the deadline by less than this is not stored. */
  readonly deviceHeartbeatSlackInSeconds: number;
  /** The partner's last report is stored at most this often. */
  readonly partnerHeartbeatSlackInSeconds: number;
  /** The silence breaker trips if a sweep would make more than this share of the managed devices noncompliant. */
  readonly silenceBreakerShareInPercent: number;
  /** Fewer devices than this never trip the silence breaker. */
  readonly silenceBreakerMinimumDevices: number;
  /**
   * A protection that stops the clocks of devices ends after this time, also if every timer is dead. It never lasts
   * longer than the partner's unresponsiveness threshold.
   */
  readonly maximumHoldInHours: number;
  readonly lastModifiedDateTime?: DateTime;
}

/** A time in which the partner reported nothing, so the clocks of the devices stood still. */
export interface PartnerSilence {
  readonly beganDateTime: DateTime;
  readonly endedDateTime: DateTime;
}

/** Graph `mobileThreatDefenseConnector`, and SEP Mobile's own settings of its integration. */
export interface MobileThreatDefenseConnector {
  readonly id: string;
  readonly androidEnabled: boolean;
  readonly iosEnabled: boolean;
  readonly androidDeviceBlockedOnMissingPartnerData: boolean;
  readonly iosDeviceBlockedOnMissingPartnerData: boolean;
  readonly partnerUnresponsivenessThresholdInDays: number;
  /** Blocks devices below the partner's minimum version; otherwise they only have no data. */
  readonly partnerUnsupportedOsVersionBlocked: boolean;
  /** The next four are stored for Graph only and have no effect here. */
  readonly allowPartnerToCollectIOSApplicationMetadata: boolean;
  readonly allowPartnerToCollectIOSPersonalApplicationMetadata: boolean;
  readonly androidMobileApplicationManagementEnabled: boolean;
  readonly iosMobileApplicationManagementEnabled: boolean;
  /** The next seven are of Graph's beta. They too are stored for Graph only; absent means `false`. */
  readonly allowPartnerToCollectIosCertificateMetadata?: boolean;
  readonly allowPartnerToCollectIosPersonalCertificateMetadata?: boolean;
  readonly grantMobileThreatDefensePartnerRole?: boolean;
  readonly launchMobileThreatDefensePartnerOnSetupEnabled?: boolean;
  readonly macEnabled?: boolean;
  readonly macDeviceBlockedOnMissingPartnerData?: boolean;
  readonly windowsMobileApplicationManagementEnabled?: boolean;
  /** The PARTNER's last report; a device's own is `lastDeviceHeartbeatDateTime`. */
  readonly lastHeartbeatDateTime?: DateTime;
  /** Ours: the partner's latest silence that was so long that its end can make many devices silent at once. */
  readonly lastPartnerSilence?: PartnerSilence;
  /** Ours: SEP Mobile's check box "Report the health and risk of devices". Without it the integration is read-only. */
  readonly reportDeviceHealthAndRisk: boolean;
  /** Ours: SEP Mobile's check box "Also report security incidents". With it the integration is Full, else Basic. */
  readonly reportSecurityIncidents: boolean;
  /** Ours: the oldest versions that the partner's app supports; they changed over the years. */
  readonly androidMinimumOsVersion: string;
  readonly iosMinimumOsVersion: string;
  readonly lastModifiedDateTime?: DateTime;
}

export type AssignmentTarget =
  | { readonly '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' }
  | { readonly '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' }
  | {
      readonly '@odata.type':
        | '#microsoft.graph.groupAssignmentTarget'
        | '#microsoft.graph.exclusionGroupAssignmentTarget';
      readonly groupId: string;
    };

export const ACTION_TYPES = ['block', 'notification', 'pushNotification'] as const;

/** Graph `deviceComplianceActionItem`, the kinds that apply here. */
export interface ComplianceActionItem {
  readonly actionType: (typeof ACTION_TYPES)[number];
  readonly gracePeriodHours: number;
  readonly notificationTemplateId?: string;
  readonly notificationMessageCCList?: readonly string[];
}

/** Graph `androidCompliancePolicy` and `iosCompliancePolicy`, the settings that SEP Mobile can attest. */
export interface DeviceCompliancePolicy {
  readonly '@odata.type':
    | '#microsoft.graph.androidCompliancePolicy'
    | '#microsoft.graph.iosCompliancePolicy';
  readonly id: string;
  readonly version: number;
  readonly displayName: string;
  readonly description?: string;
  readonly createdDateTime?: DateTime;
  readonly lastModifiedDateTime?: DateTime;
  readonly deviceThreatProtectionEnabled: boolean;
  readonly deviceThreatProtectionRequiredSecurityLevel: ThreatCeiling;
  /** Ours: a ceiling for each defence, in addition to the one for the device as a whole. */
  readonly deviceThreatProtectionDefenceLevels?: Readonly<Partial<Record<Defence, ThreatCeiling>>>;
  readonly securityBlockJailbrokenDevices?: boolean;
  readonly osMinimumVersion?: string;
  readonly osMaximumVersion?: string;
  readonly minAndroidSecurityPatchLevel?: string;
  readonly passcodeRequired?: boolean;
  readonly storageRequireEncryption?: boolean;
  readonly scheduledActionsForRule?: readonly {
    readonly ruleName?: string;
    readonly scheduledActionConfigurations: readonly ComplianceActionItem[];
  }[];
  readonly assignments: readonly { readonly id?: string; readonly target: AssignmentTarget }[];
}

/** Ours: the policy applies to a device that has a threat of one of these defences, at this level or worse. */
interface DeviceThreatCondition {
  readonly defences: readonly Defence[];
  readonly minimumLevel: Exclude<ThreatLevel, 'secured'>;
}

/** Graph `conditionalAccessPolicy`, the conditions and controls that are evaluated. */
export interface ConditionalAccessPolicy {
  readonly id: string;
  readonly version: number;
  readonly displayName: string;
  readonly createdDateTime?: DateTime;
  readonly modifiedDateTime?: DateTime;
  readonly state: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';
  readonly conditions: {
    readonly applications: {
      /** Names of our resources, or `All`. */
      readonly includeApplications: readonly string[];
      readonly excludeApplications?: readonly string[];
    };
    /** Absent: every user. Names are user principal names or user ids, or `All`. */
    readonly users?: {
      readonly includeUsers?: readonly string[];
      readonly excludeUsers?: readonly string[];
      readonly includeGroups?: readonly string[];
      readonly excludeGroups?: readonly string[];
    };
    /** Required by Graph. Policies apply to every client here. */
    readonly clientAppTypes?: readonly 'all'[];
    /** Absent: every platform. */
    readonly platforms?: {
      readonly includePlatforms: readonly ('all' | Platform)[];
      readonly excludePlatforms?: readonly Platform[];
    };
    readonly deviceThreat?: DeviceThreatCondition;
  };
  readonly grantControls: {
    readonly operator: 'OR' | 'AND';
    readonly builtInControls: readonly ('block' | 'compliantDevice')[];
    /** Ours: the weakest identification that the policy accepts, in addition to the built-in controls. */
    readonly minimumDeviceIdentification?: Identification;
  };
}

/**
 * The fleet's silence breaker. While it is open, the devices' clocks stop at `heldDateTime`, for the sweep and for every
 * answer: a device that was silent before stays silent. The clocks go on once an operator has confirmed that the devices
 * are really silent, and at the latest after `maximumHoldInHours`.
 */
export type SilenceBreaker =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly heldDateTime: DateTime; readonly openedDateTime: DateTime }
  | { readonly state: 'confirmed'; readonly confirmedDateTime: DateTime };

/** All inputs of an evaluation except the device and the clock. */
export interface Configuration {
  readonly tenantSettings?: TenantSettings;
  readonly connector?: MobileThreatDefenseConnector;
  readonly compliancePolicies: readonly DeviceCompliancePolicy[];
  readonly conditionalAccessPolicies: readonly ConditionalAccessPolicy[];
  readonly threatOverrides: readonly ThreatOverride[];
  readonly silenceBreaker: SilenceBreaker;
  /** The faults of the partner's reports that newly blocked a device, or that an operator has resolved. */
  readonly reportFaults: readonly KnownReportFault[];
  /** The stored event sources. The source `default` exists without a document. */
  readonly eventSources: readonly EventSource[];
  /**
   * When the database was restored from a backup. Announcements are counted anew from here, because the backup does not
   * know those that were sent after it was made.
   */
  readonly recoveredDateTime?: DateTime;
  /** Stored documents that cannot be read, each as `kind/id: why`. */
  readonly problems: readonly string[];
}

/** The latest change of the configuration that can change an evaluation. */
export function configuredDateTime({
  tenantSettings,
  connector,
  compliancePolicies,
  threatOverrides,
  eventSources,
}: Configuration): DateTime {
  const changed = latest(
    tenantSettings?.lastModifiedDateTime,
    connector?.lastModifiedDateTime,
    ...compliancePolicies.map(({ lastModifiedDateTime }) => lastModifiedDateTime),
    ...threatOverrides.map(({ lastModifiedDateTime }) => lastModifiedDateTime),
    ...eventSources.map(({ lastModifiedDateTime }) => lastModifiedDateTime),
  );
  return changed ?? BEGINNING_OF_TIME;
}

export type Platform = 'android' | 'iOS';

/** Policies for iOS apply to iPadOS too, as in Intune. */
export function toPlatform(operatingSystem: OperatingSystem): Platform {
  return operatingSystem === 'Android' ? 'android' : 'iOS';
}

/** The connector's settings for one platform. */
export interface PlatformConnector {
  readonly isEnabled: boolean;
  readonly blocksOnMissingPartnerData: boolean;
  readonly minimumOsVersion: string;
}

export function connectorFor(
  connector: MobileThreatDefenseConnector,
  platform: Platform,
): PlatformConnector {
  return platform === 'android'
    ? {
        isEnabled: connector.androidEnabled,
        blocksOnMissingPartnerData: connector.androidDeviceBlockedOnMissingPartnerData,
        minimumOsVersion: connector.androidMinimumOsVersion,
      }
    : {
        isEnabled: connector.iosEnabled,
        blocksOnMissingPartnerData: connector.iosDeviceBlockedOnMissingPartnerData,
        minimumOsVersion: connector.iosMinimumOsVersion,
      };
}

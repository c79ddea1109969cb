import type { DateTime } from './dateTime.ts';
import type { OperatingSystem } from './signal.ts';
import type { ThreatCeiling } from './threat.ts';

/** Graph `deviceManagementSettings`, and the clocks of this system. */
export interface TenantSettings {
  /** A device without an assigned policy, and a resource without a policy, are blocked. */
  readonly secureByDefault: boolean;
  /** How long after its last sign of life a device still counts as alive. */
  readonly deviceHeartbeatWindowInSeconds: number;
  /** A heartbeat that would move the deadline by less than this is not written. */
  readonly deviceHeartbeatSlackInSeconds: number;
  /** The partner's last sign of life is written at most this often. */
  readonly partnerHeartbeatSlackInSeconds: number;
  /** A sweep that would turn more than this share of the managed devices noncompliant stops. */
  readonly silenceBreakerShareInPercent: number;
  /** Fewer devices than this never stop a sweep. */
  readonly silenceBreakerMinimumDevices: number;
}

/** Graph `mobileThreatDefenseConnector`, the properties that are evaluated. */
export interface MobileThreatDefenseConnector {
  readonly id: string;
  readonly androidEnabled: boolean;
  readonly iosEnabled: boolean;
  readonly androidDeviceBlockedOnMissingPartnerData: boolean;
  readonly iosDeviceBlockedOnMissingPartnerData: boolean;
  readonly partnerUnresponsivenessThresholdInDays: number;
  /** The PARTNER's last sign of life; a device's own is `lastDeviceHeartbeatDateTime`. */
  readonly lastHeartbeatDateTime?: DateTime;
}

export type AssignmentTarget =
  | { readonly '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' }
  | {
      readonly '@odata.type':
        | '#microsoft.graph.groupAssignmentTarget'
        | '#microsoft.graph.exclusionGroupAssignmentTarget';
      readonly groupId: string;
    };

/** Graph `androidCompliancePolicy` and `iosCompliancePolicy`, the settings that are evaluated. */
export interface DeviceCompliancePolicy {
  readonly '@odata.type':
    | '#microsoft.graph.androidCompliancePolicy'
    | '#microsoft.graph.iosCompliancePolicy';
  readonly id: string;
  readonly version: number;
  readonly displayName: string;
  readonly deviceThreatProtectionEnabled: boolean;
  readonly deviceThreatProtectionRequiredSecurityLevel: ThreatCeiling;
  readonly assignments: readonly { readonly target: AssignmentTarget }[];
}

/** Graph `conditionalAccessPolicy`, the conditions and controls that are evaluated. */
export interface ConditionalAccessPolicy {
  readonly id: string;
  readonly version: number;
  readonly displayName: string;
  readonly state: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';
  readonly conditions: {
    readonly applications: {
      /** Our resources, or `All`. */
      readonly includeApplications: readonly string[];
      readonly excludeApplications?: readonly string[];
    };
  };
  readonly grantControls: {
    readonly operator: 'OR' | 'AND';
    readonly builtInControls: readonly ('block' | 'compliantDevice')[];
  };
}

/**
 * The fleet's silence breaker. Open, it stops the devices' clocks at `heldDateTime`, for the sweep and for every
 * answer alike.
 */
export type SilenceBreaker =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly heldDateTime: DateTime; readonly openedDateTime: DateTime };

/** Everything an evaluation reads apart from the device and the clock. */
export interface Configuration {
  readonly tenantSettings?: TenantSettings;
  readonly connector?: MobileThreatDefenseConnector;
  readonly compliancePolicies: readonly DeviceCompliancePolicy[];
  readonly conditionalAccessPolicies: readonly ConditionalAccessPolicy[];
  readonly silenceBreaker: SilenceBreaker;
  /** Stored documents that do not read as what they claim to be, each as `kind/id: why`. */
  readonly problems: readonly string[];
}

export type Platform = 'android' | 'ios';

/** iPadOS is governed as iOS, as in Intune. */
export function toPlatform(operatingSystem: OperatingSystem): Platform {
  return operatingSystem === 'Android' ? 'android' : 'ios';
}

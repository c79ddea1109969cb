import type { DeviceCompliancePolicy, TenantSettings } from './configuration.ts';
import type { Reason } from '../vocabulary/reason.ts';
import type { ComplianceRule } from './rule.ts';
import {
  blockedOsVersion,
  compromisedDevice,
  defenceAboveCeiling,
  jailbrokenDevice,
  levelAboveCeiling,
  missingAssessment,
  missingPasscode,
  osMaximumVersion,
  osMinimumVersion,
  partnerIgnored,
  securityPatchLevel,
  unencryptedStorage,
} from './ruleChecks.ts';

const REQUIRED_LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';
const DEFENCE_LEVELS = 'deviceThreatProtectionDefenceLevels';
const GRAPH_POLICY = 'Graph `androidCompliancePolicy`, `iosCompliancePolicy`';
const MISSING_DATA = 'Graph `…DeviceBlockedOnMissingPartnerData`';

export interface BuiltInFacts {
  readonly policies: readonly DeviceCompliancePolicy[];
  readonly tenantSettings: TenantSettings;
  readonly isSilent: boolean;
  readonly isUserGone: boolean;
}

export interface BuiltInRule {
  readonly when: string;
  readonly source: string;
  readonly setting: string;
  readonly reason: Pick<Reason, 'code' | 'message'>;
  readonly isFailed: (facts: BuiltInFacts) => boolean;
}

/** Intune's built-in device compliance policy: three rules for every device, without a grace period. */
export const BUILT_IN_RULES: readonly BuiltInRule[] = [
  {
    when: 'No policy is assigned, and `secureByDefault` is on',
    source: 'Intune: has a compliance policy assigned',
    setting: 'secureByDefault',
    reason: {
      code: 'noCompliancePolicyAssigned',
      message: 'no compliance policy is assigned to the device',
    },
    isFailed: ({ policies, tenantSettings }) =>
      policies.length === 0 && tenantSettings.secureByDefault,
  },
  {
    when: 'The device has sent no heartbeat within its window, or had no contact within its threshold',
    source: 'Intune: is active',
    setting: 'deviceHeartbeatWindowInSeconds, deviceComplianceCheckinThresholdDays',
    reason: {
      code: 'deviceSilent',
      message: 'the device has been silent for longer than allowed',
    },
    isFailed: ({ isSilent }) => isSilent,
  },
  {
    when: 'The enrolment named a user before, and now has an empty `userPrincipalName` or `userId`, so its user no longer exists',
    source: 'Intune: enrolled user exists',
    setting: 'userPrincipalName',
    reason: {
      code: 'enrolledUserMissing',
      message: 'the user who enrolled the device no longer exists',
    },
    isFailed: ({ isUserGone }) => isUserGone,
  },
];

/**
 * The rules of a policy in reading order. Each rule that a device fails is a reason of its own, and one failed rule fails
 * the policy.
 */
export const COMPLIANCE_RULES: readonly ComplianceRule[] = [
  {
    setting: 'partnerUnsupportedOsVersionBlocked',
    when: 'The operating system is older than SEP Mobile supports, and the connector blocks such devices; in error if its version cannot be read',
    codes: ['osVersionUnsupported', 'settingInError'],
    source: 'Intune: block unsupported OS versions',
    toCheck: blockedOsVersion,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'SEP Mobile’s data does not count: the integration is read-only, the platform is off, the version is unsupported, or SEP Mobile is unresponsive',
    codes: [
      'connectorReadOnly',
      'connectorDisabledForPlatform',
      'osVersionUnsupported',
      'partnerUnresponsive',
    ],
    source: `${MISSING_DATA}; Intune ignores unresponsive partners`,
    toCheck: partnerIgnored,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'SEP Mobile reports the device as compromised, or finds a high threat that its user cannot repair',
    codes: ['deviceCompromised'],
    source: 'Graph `managedDevicePartnerReportedHealthState` compromised',
    toCheck: compromisedDevice,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'The worst level of verdict, open incidents and telemetry is above the ceiling',
    codes: ['threatLevelAboveCeiling'],
    source: 'Intune: require the device to be at or under the Device Threat Level',
    toCheck: levelAboveCeiling,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'The assessment is pending; or, by the missing-data setting, SEP Mobile is not activated, deactivated or misconfigured',
    codes: ['assessmentPending', 'appMisconfigured', 'appDeactivated', 'noPartnerData'],
    source: `${MISSING_DATA}, also at a ceiling of \`high\`; Broadcom 257763`,
    toCheck: missingAssessment,
  },
  {
    setting: DEFENCE_LEVELS,
    when: 'The worst threat of a defence is above its ceiling; Basic integration does not report threats by defence',
    codes: ['defenceLevelAboveCeiling', 'settingNotReported'],
    source: 'ours: a ceiling for each defence',
    toCheck: defenceAboveCeiling,
  },
  {
    setting: 'securityBlockJailbrokenDevices',
    when: 'The device is jailbroken or rooted',
    codes: ['deviceJailbroken', 'settingNotReported'],
    source: GRAPH_POLICY,
    toCheck: jailbrokenDevice,
  },
  {
    setting: 'passcodeRequired',
    when: 'The device has no passcode',
    codes: ['passcodeMissing', 'settingNotReported'],
    source: GRAPH_POLICY,
    toCheck: missingPasscode,
  },
  {
    setting: 'storageRequireEncryption',
    when: 'The storage is not encrypted',
    codes: ['storageNotEncrypted', 'settingNotReported'],
    source: GRAPH_POLICY,
    toCheck: unencryptedStorage,
  },
  {
    setting: 'minAndroidSecurityPatchLevel',
    when: 'The security patch level is older than required',
    codes: ['securityPatchLevelTooOld', 'settingNotReported'],
    source: 'Graph `androidCompliancePolicy`',
    toCheck: securityPatchLevel,
  },
  {
    setting: 'osMinimumVersion',
    when: 'The operating system is older than required; in error if its version cannot be read',
    codes: ['osVersionTooOld', 'settingInError'],
    source: GRAPH_POLICY,
    toCheck: osMinimumVersion,
  },
  {
    setting: 'osMaximumVersion',
    when: 'The operating system is newer than allowed; in error if its version cannot be read',
    codes: ['osVersionTooNew', 'settingInError'],
    source: GRAPH_POLICY,
    toCheck: osMaximumVersion,
  },
];

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
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';

const REQUIRED_LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';
const DEFENCE_LEVELS = 'deviceThreatProtectionDefenceLevels';
const GRAPH_POLICY = 'Graph `androidCompliancePolicy`, `iosCompliancePolicy`';
const MISSING_DATA = 'Graph `…DeviceBlockedOnMissingPartnerData`';

export interface BuiltInFacts {
  readonly policies: readonly DeviceCompliancePolicy[];
  readonly tenantSettings: TenantSettings;
  readonly properties: ManagedDeviceProperties;
  readonly isSilent: boolean;
}

export interface BuiltInRule {
  readonly when: string;
  readonly source: string;
  readonly setting: string;
  readonly reason: Pick<Reason, 'code' | 'message'>;
  readonly isFailed: (facts: BuiltInFacts) => boolean;
}

/** Intune's built-in device compliance policy: three rules that every device has, without any grace. */
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
    when: 'The device has been silent for longer than its window, or without any contact for longer than its threshold',
    source: 'Intune: is active',
    setting: 'deviceHeartbeatWindowInSeconds, deviceComplianceCheckinThresholdDays',
    reason: {
      code: 'deviceSilent',
      message: 'the device has not reported for longer than is allowed',
    },
    isFailed: ({ isSilent }) => isSilent,
  },
  {
    // Graph names the user of a device as empty text where there is none any more. Not told at all is no statement.
    when: 'The enrolment says that it has no user: an empty `userPrincipalName` or `userId`',
    source: 'Intune: enrolled user exists',
    setting: 'userPrincipalName',
    reason: {
      code: 'enrolledUserMissing',
      message: 'the user who enrolled the device does not exist',
    },
    isFailed: ({ properties }) => properties.userPrincipalName === '' || properties.userId === '',
  },
];

/**
 * The rules of a policy in reading order. Each speaks for itself: every one that a device fails is a reason. A policy
 * is failed where one of its rules is.
 */
export const COMPLIANCE_RULES: readonly ComplianceRule[] = [
  {
    setting: 'partnerUnsupportedOsVersionBlocked',
    when: 'The operating system is older than the partner supports, and such devices are blocked; in error where its version cannot be read',
    codes: ['osVersionUnsupported', 'settingInError'],
    source: 'Intune: block unsupported OS versions',
    toCheck: blockedOsVersion,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'The partner cannot vouch for the device: read-only, off for the platform, version unsupported, or unresponsive',
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
    when: 'SEP Mobile reports the device as compromised, or found a high threat that its user cannot repair',
    codes: ['deviceCompromised'],
    source: 'Graph `managedDevicePartnerReportedHealthState` compromised',
    toCheck: compromisedDevice,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'The worst of verdict, open incidents and telemetry is above the ceiling',
    codes: ['threatLevelAboveCeiling'],
    source: 'Intune: require the device to be at or under the Device Threat Level',
    toCheck: levelAboveCeiling,
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'SEP Mobile cannot tell how the device is: assessment pending, whatever the missing-data setting; never activated, deactivated or misconfigured, by it',
    codes: ['assessmentPending', 'appMisconfigured', 'appDeactivated', 'noPartnerData'],
    source: `${MISSING_DATA}, at a ceiling of \`high\` too; Broadcom 257763`,
    toCheck: missingAssessment,
  },
  {
    setting: DEFENCE_LEVELS,
    when: 'The worst threat of one defence is above the ceiling for that defence; Basic integration names no defence',
    codes: ['defenceLevelAboveCeiling', 'settingNotReported'],
    source: 'ours: a ceiling a defence',
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
    when: 'The device opens without a passcode',
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
    when: 'The security patch level is older than required; in error where it does not read as a date',
    codes: ['securityPatchLevelTooOld', 'settingInError', 'settingNotReported'],
    source: 'Graph `androidCompliancePolicy`',
    toCheck: securityPatchLevel,
  },
  {
    setting: 'osMinimumVersion',
    when: 'The operating system is older than required; in error where its version cannot be read',
    codes: ['osVersionTooOld', 'settingInError'],
    source: GRAPH_POLICY,
    toCheck: osMinimumVersion,
  },
  {
    setting: 'osMaximumVersion',
    when: 'The operating system is newer than allowed; in error where its version cannot be read',
    codes: ['osVersionTooNew', 'settingInError'],
    source: GRAPH_POLICY,
    toCheck: osMaximumVersion,
  },
];

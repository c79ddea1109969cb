import { assertUnreachable } from './assertUnreachable.ts';
import type { RiskAssessment } from './assessRisk.ts';
import type {
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  PlatformConnector,
} from './configuration.ts';
import type { DateTime } from './dateTime.ts';
import type { Device, Stamp } from './device.ts';
import { compareOsVersions, isSecurityPatchLevel } from './osVersion.ts';
import type { ReasonCode } from './reason.ts';
import type { ManagedDeviceProperties } from './signal.ts';
import { DEFENCES, isWorse, type ThreatCeiling, type ThreatLevel } from './threat.ts';

/** Everything that a rule of a policy may look at. */
export interface RuleFacts {
  readonly device: Device;
  readonly properties: ManagedDeviceProperties;
  readonly risk: RiskAssessment;
  readonly connector: MobileThreatDefenseConnector;
  readonly platform: PlatformConnector;
  readonly now: DateTime;
  /** The moment after which the partner counts as unresponsive; `undefined` where it was never heard. */
  readonly partnerDeadline: DateTime | undefined;
}

/** What one rule makes of one device: Graph `complianceStatus`, and why. */
export type RuleResult =
  | { readonly status: 'notApplicable' | 'compliant' }
  | {
      readonly status: 'nonCompliant' | 'error';
      readonly code: ReasonCode;
      readonly message: string;
      /** Where time alone made it so: since when. */
      readonly sinceDateTime?: DateTime;
    };

export interface ComplianceRule {
  /** The policy's setting, by Graph's name. */
  readonly setting: string;
  readonly when: string;
  readonly codes: readonly ReasonCode[];
  readonly source: string;
  readonly check: (policy: DeviceCompliancePolicy, facts: RuleFacts) => RuleResult;
}

const COMPLIANT: RuleResult = { status: 'compliant' };
const NOT_APPLICABLE: RuleResult = { status: 'notApplicable' };
const REQUIRED_LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';
const DEFENCE_LEVELS = 'deviceThreatProtectionDefenceLevels';
const GRAPH_POLICY = 'Graph `androidCompliancePolicy`, `iosCompliancePolicy`';
const MISSING_DATA = 'Graph `…DeviceBlockedOnMissingPartnerData`';

/**
 * The rules of a policy in reading order. Each speaks for itself: every one that a device fails is a reason. A policy
 * is failed where one of its rules is.
 */
export const COMPLIANCE_RULES: readonly ComplianceRule[] = [
  {
    // An unsupported version is known from the enrolment: no partner is needed to tell.
    setting: 'partnerUnsupportedOsVersionBlocked',
    when: 'The operating system is older than the partner supports, and such devices are blocked',
    codes: ['osVersionUnsupported'],
    source: 'Intune: block unsupported OS versions',
    check: (_, facts) =>
      facts.connector.partnerUnsupportedOsVersionBlocked && isUnsupported(facts)
        ? fail(
            'osVersionUnsupported',
            `the version is older than ${facts.platform.minimumOsVersion}, which SEP Mobile needs`,
          )
        : NOT_APPLICABLE,
  },
  {
    // Nobody listens to the partner: only the missing-data setting speaks.
    setting: REQUIRED_LEVEL,
    when: 'The partner is not listened to: read-only, off for the platform, version unsupported, or unresponsive',
    codes: [
      'connectorReadOnly',
      'connectorDisabledForPlatform',
      'osVersionUnsupported',
      'partnerUnresponsive',
    ],
    source: `${MISSING_DATA}; Intune ignores unresponsive partners`,
    check: (policy, facts) =>
      needsPartner(policy) ? (notListening(facts) ?? NOT_APPLICABLE) : NOT_APPLICABLE,
  },
  {
    // Beyond the user's repair: fails at every ceiling.
    setting: REQUIRED_LEVEL,
    when: 'SEP Mobile reports the device as compromised, or found a high threat that its user cannot repair',
    codes: ['deviceCompromised'],
    source: 'Graph `managedDevicePartnerReportedHealthState` compromised',
    check: threatRule((_, { risk }) =>
      risk.appHealth === 'compromised'
        ? fail('deviceCompromised', 'the device is compromised beyond its user’s repair')
        : COMPLIANT,
    ),
  },
  {
    // A known threat counts even where the app has fallen silent, been deactivated or is misconfigured since.
    setting: REQUIRED_LEVEL,
    when: 'The worst of verdict, open incidents and telemetry is above the ceiling',
    codes: ['threatLevelAboveCeiling'],
    source: 'Intune: require the device to be at or under the Device Threat Level',
    check: threatRule((policy, { risk }) => {
      const ceiling = policy.deviceThreatProtectionRequiredSecurityLevel;
      return isAbove(risk.threatLevel, ceiling)
        ? fail(
            'threatLevelAboveCeiling',
            `the threat level of the device is ${String(risk.threatLevel)}, allowed is ${ceiling} or better`,
          )
        : COMPLIANT;
    }),
  },
  {
    setting: REQUIRED_LEVEL,
    when: 'SEP Mobile cannot tell how the device is: never activated, assessment pending, deactivated or misconfigured',
    codes: ['assessmentPending', 'appMisconfigured', 'appDeactivated', 'noPartnerData'],
    source: `${MISSING_DATA}, at a ceiling of \`high\` too; Broadcom 257763`,
    check: threatRule((_, facts) => missingAssessment(facts)),
  },
  {
    setting: DEFENCE_LEVELS,
    when: 'The worst threat of one defence is above the ceiling for that defence',
    codes: ['defenceLevelAboveCeiling'],
    source: 'ours: a ceiling a defence',
    check: partnerRule(({ deviceThreatProtectionDefenceLevels: ceilings }, { risk }) => {
      if (ceilings === undefined) return NOT_APPLICABLE;
      const above = DEFENCES.filter((defence) =>
        isAbove(risk.byDefence[defence], ceilings[defence] ?? 'notSet'),
      );
      return above.length === 0
        ? COMPLIANT
        : fail(
            'defenceLevelAboveCeiling',
            `the threat level is above its ceiling in ${above.join(', ')}`,
          );
    }),
  },
  {
    setting: 'securityBlockJailbrokenDevices',
    when: 'The device is jailbroken or rooted',
    codes: ['deviceJailbroken', 'settingNotReported'],
    source: GRAPH_POLICY,
    check: partnerRule((policy, facts) => {
      if (policy.securityBlockJailbrokenDevices !== true) return NOT_APPLICABLE;
      const isFound = facts.risk.threats.some(
        ({ threatType }) => threatType === 'jailbrokenOrRooted',
      );
      const { physical, verdict } = facts.device;
      if (
        isFound ||
        physical?.value.jailbrokenOrRooted === true ||
        verdict?.value.healthState === 'compromised'
      ) {
        return fail('deviceJailbroken', 'the device is jailbroken or rooted');
      }
      // An assessment that found no compromise says so too.
      return facts.risk.appHealth === 'assessed'
        ? COMPLIANT
        : attested(physical, physical?.value.jailbrokenOrRooted === false, facts);
    }),
  },
  {
    setting: 'passcodeRequired',
    when: 'The device opens without a passcode',
    codes: ['passcodeMissing', 'settingNotReported'],
    source: GRAPH_POLICY,
    check: partnerRule(({ passcodeRequired }, facts) => {
      if (passcodeRequired !== true) return NOT_APPLICABLE;
      const { physical } = facts.device;
      if (physical?.value.passcodeEnabled === false)
        return fail('passcodeMissing', 'the device has no passcode');
      return attested(physical, physical?.value.passcodeEnabled === true, facts);
    }),
  },
  {
    setting: 'storageRequireEncryption',
    when: 'The storage is not encrypted',
    codes: ['storageNotEncrypted', 'settingNotReported'],
    source: GRAPH_POLICY,
    check: partnerRule(({ storageRequireEncryption }, facts) => {
      if (storageRequireEncryption !== true) return NOT_APPLICABLE;
      const { physical } = facts.device;
      if (physical?.value.storageEncrypted === false)
        return fail('storageNotEncrypted', 'the storage is not encrypted');
      return attested(physical, physical?.value.storageEncrypted === true, facts);
    }),
  },
  {
    setting: 'minAndroidSecurityPatchLevel',
    when: 'The security patch level is older than required; in error where it does not read as a date',
    codes: ['securityPatchLevelTooOld', 'settingInError', 'settingNotReported'],
    source: 'Graph `androidCompliancePolicy`',
    check: partnerRule(({ minAndroidSecurityPatchLevel: minimum }, facts) => {
      if (minimum === undefined) return NOT_APPLICABLE;
      const { vulnerability } = facts.device;
      const level = vulnerability?.value.securityPatchLevel;
      if (level === undefined) return attested(undefined, false, facts);
      if (!isSecurityPatchLevel(level))
        return inError('the security patch level does not read as a date');
      if (level < minimum)
        return fail(
          'securityPatchLevelTooOld',
          `the security patch level is ${level}, required is ${minimum}`,
        );
      return attested(vulnerability, true, facts);
    }),
  },
  {
    setting: 'osMinimumVersion',
    when: 'The operating system is older than required; in error where its version cannot be read',
    codes: ['osVersionTooOld', 'settingInError'],
    source: GRAPH_POLICY,
    check: ({ osMinimumVersion: minimum }, facts) =>
      versionRule(facts, minimum, (order) => order >= 0, 'osVersionTooOld', 'at least'),
  },
  {
    setting: 'osMaximumVersion',
    when: 'The operating system is newer than allowed; in error where its version cannot be read',
    codes: ['osVersionTooNew', 'settingInError'],
    source: GRAPH_POLICY,
    check: ({ osMaximumVersion: maximum }, facts) =>
      versionRule(facts, maximum, (order) => order <= 0, 'osVersionTooNew', 'at most'),
  },
];

type Check = ComplianceRule['check'];

/** The check, where the partner is listened to at all; where it is not, the row about that speaks. */
function partnerRule(check: Check): Check {
  return (policy, facts) =>
    notListening(facts) === undefined ? check(policy, facts) : NOT_APPLICABLE;
}

/** The check, where the policy asks for a threat level. */
function threatRule(check: Check): Check {
  return partnerRule((policy, facts) =>
    asksForThreatLevel(policy) ? check(policy, facts) : NOT_APPLICABLE,
  );
}

function asksForThreatLevel(policy: DeviceCompliancePolicy): boolean {
  return (
    policy.deviceThreatProtectionEnabled &&
    policy.deviceThreatProtectionRequiredSecurityLevel !== 'notSet'
  );
}

/** Whether the policy asks for anything that only the partner can attest. */
function needsPartner(policy: DeviceCompliancePolicy): boolean {
  return (
    asksForThreatLevel(policy) ||
    policy.deviceThreatProtectionDefenceLevels !== undefined ||
    policy.securityBlockJailbrokenDevices === true ||
    policy.passcodeRequired === true ||
    policy.storageRequireEncryption === true ||
    policy.minAndroidSecurityPatchLevel !== undefined
  );
}

/** Why the partner is not listened to for this device, as the missing-data setting judges it; `undefined` where it is. */
function notListening(facts: RuleFacts): RuleResult | undefined {
  const { connector, platform, partnerDeadline, now } = facts;
  if (!connector.reportDeviceHealthAndRisk) {
    return missing(facts, 'connectorReadOnly', 'SEP Mobile’s integration is read-only');
  }
  if (!platform.isEnabled) {
    return missing(
      facts,
      'connectorDisabledForPlatform',
      'the connector is switched off for the platform',
    );
  }
  if (isUnsupported(facts)) {
    return missing(
      facts,
      'osVersionUnsupported',
      `the version is older than ${platform.minimumOsVersion}, which SEP Mobile needs`,
    );
  }
  if (partnerDeadline !== undefined && now > partnerDeadline) {
    return missing(
      facts,
      'partnerUnresponsive',
      'SEP Mobile itself has not been heard for too long',
      partnerDeadline,
    );
  }
  return undefined;
}

function missingAssessment(facts: RuleFacts): RuleResult {
  const { appHealth } = facts.risk;
  switch (appHealth) {
    case 'assessed':
    case 'compromised':
      return COMPLIANT;
    // The initial security assessment has to end before a device can be compliant (Broadcom 257763).
    case 'activated':
      return fail('assessmentPending', 'the first security assessment of the device has not ended');
    case 'misconfigured':
      return missing(facts, 'appMisconfigured', 'SEP Mobile cannot analyse the device');
    case 'deactivated':
      return missing(facts, 'appDeactivated', 'SEP Mobile is deactivated on the device');
    case 'unknown':
      return missing(facts, 'noPartnerData', 'SEP Mobile has not reported on the device');
    default:
      return assertUnreachable(appHealth);
  }
}

/** What was good before a deactivation proves nothing any more. */
function attested(report: Stamp | undefined, isGood: boolean, facts: RuleFacts): RuleResult {
  const { deactivated } = facts.device;
  const isCurrent =
    report !== undefined &&
    (deactivated === undefined || report.observedDateTime > deactivated.observedDateTime);
  return isGood && isCurrent
    ? COMPLIANT
    : missing(facts, 'settingNotReported', 'SEP Mobile has not reported on this setting');
}

function versionRule(
  facts: RuleFacts,
  limit: string | undefined,
  isGood: (order: number) => boolean,
  code: ReasonCode,
  words: string,
): RuleResult {
  if (limit === undefined) return NOT_APPLICABLE;
  const version = osVersionOf(facts);
  const order = compareOsVersions(version, limit);
  if (order === undefined) return inError('the version of the operating system cannot be read');
  return isGood(order)
    ? COMPLIANT
    : fail(code, `the operating system is ${version}, required is ${words} ${limit}`);
}

/** The version as the enrolment or SEP Mobile saw it, whoever looked last. */
function osVersionOf({ device, properties }: RuleFacts): string {
  const { enrolment, vulnerability } = device;
  const reported = vulnerability?.value.osVersion;
  const isReportNewer =
    (vulnerability?.observedDateTime ?? '') > (enrolment?.observedDateTime ?? '');
  return reported !== undefined && isReportNewer ? reported : properties.osVersion;
}

function isUnsupported(facts: RuleFacts): boolean {
  const order = compareOsVersions(osVersionOf(facts), facts.platform.minimumOsVersion);
  return order !== undefined && order < 0;
}

function isAbove(level: ThreatLevel | undefined, ceiling: ThreatCeiling): boolean {
  return level !== undefined && ceiling !== 'notSet' && isWorse(level, ceiling);
}

function fail(code: ReasonCode, message: string): RuleResult {
  return { status: 'nonCompliant', code, message };
}

function inError(message: string): RuleResult {
  return { status: 'error', code: 'settingInError', message };
}

/** Unknown turns into what the organisation said that it shall be, never into compliant. */
function missing(
  facts: RuleFacts,
  code: ReasonCode,
  message: string,
  sinceDateTime?: DateTime,
): RuleResult {
  if (!facts.platform.blocksOnMissingPartnerData) return NOT_APPLICABLE;
  return {
    status: 'nonCompliant',
    code,
    message,
    ...(sinceDateTime === undefined ? {} : { sinceDateTime }),
  };
}

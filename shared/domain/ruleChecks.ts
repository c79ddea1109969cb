import { assertUnreachable } from './assertUnreachable.ts';
import type { DeviceCompliancePolicy } from './configuration.ts';
import type { DateTime } from './dateTime.ts';
import type { Stamp } from './device.ts';
import { compareOsVersions, isSecurityPatchLevel } from './osVersion.ts';
import type { ReasonCode } from './reason.ts';
import type { Check, RuleFacts, RuleResult } from './rule.ts';
import { DEFENCES, isWorse, type ThreatCeiling, type ThreatLevel } from './threat.ts';

const COMPLIANT: RuleResult = { status: 'compliant' };
const NOT_APPLICABLE: RuleResult = { status: 'notApplicable' };

/** The check, where the policy asks how threatened the device is, as a whole or by defence. */
function threatRule(check: Check): Check {
  return (policy, facts) =>
    asksForThreatLevel(policy) || asksForDefenceLevels(policy)
      ? check(policy, facts)
      : NOT_APPLICABLE;
}

function asksForThreatLevel(policy: DeviceCompliancePolicy): boolean {
  return (
    policy.deviceThreatProtectionEnabled &&
    policy.deviceThreatProtectionRequiredSecurityLevel !== 'notSet'
  );
}

function asksForDefenceLevels({
  deviceThreatProtectionDefenceLevels: ceilings,
}: DeviceCompliancePolicy): boolean {
  return DEFENCES.some((defence) => (ceilings?.[defence] ?? 'notSet') !== 'notSet');
}

/** Whether the policy asks for anything that only the partner can attest. */
function needsPartner(policy: DeviceCompliancePolicy): boolean {
  return (
    asksForThreatLevel(policy) ||
    asksForDefenceLevels(policy) ||
    policy.securityBlockJailbrokenDevices === true ||
    policy.passcodeRequired === true ||
    policy.storageRequireEncryption === true ||
    policy.minAndroidSecurityPatchLevel !== undefined
  );
}

/** An unsupported version is known from the enrolment: no partner is needed to tell. */
export const unsupportedOsVersion: Check = (_, facts) => {
  if (!facts.connector.partnerUnsupportedOsVersionBlocked) return NOT_APPLICABLE;
  const { minimumOsVersion } = facts.platform;
  const order = compareOsVersions(osVersionOf(facts), minimumOsVersion);
  if (order === undefined) return inError('the version of the operating system cannot be read');
  return order >= 0
    ? NOT_APPLICABLE
    : fail(
        'osVersionUnsupported',
        `the version is older than ${minimumOsVersion}, which SEP Mobile needs`,
      );
};

/** Where the partner cannot vouch for the device, the missing-data setting speaks. What it knows against it still counts. */
export const partnerNotHeard: Check = (policy, facts) => {
  const unheard = needsPartner(policy) ? whyUnheard(facts) : undefined;
  return unheard === undefined
    ? NOT_APPLICABLE
    : missing(facts, unheard.code, unheard.message, unheard.sinceDateTime);
};

/** Beyond the user's repair: fails at every ceiling. */
export const compromisedDevice: Check = threatRule((_, { risk }) =>
  risk.appHealth === 'compromised'
    ? fail('deviceCompromised', 'the device is compromised beyond its user’s repair')
    : COMPLIANT,
);

/** A known threat counts even where the app has fallen silent, been deactivated or is misconfigured since. */
export const levelAboveCeiling: Check = (policy, { risk }) => {
  if (!asksForThreatLevel(policy)) return NOT_APPLICABLE;
  const ceiling = policy.deviceThreatProtectionRequiredSecurityLevel;
  return isAbove(risk.threatLevel, ceiling)
    ? fail(
        'threatLevelAboveCeiling',
        `the threat level of the device is ${String(risk.threatLevel)}, allowed is ${ceiling} or better`,
      )
    : COMPLIANT;
};

export const missingAssessment: Check = threatRule((_, facts) => assess(facts));

/** SEP Mobile's Basic integration says how bad it is, not where. */
export const defenceAboveCeiling: Check = (policy, facts) => {
  if (!asksForDefenceLevels(policy)) return NOT_APPLICABLE;
  if (!facts.connector.reportSecurityIncidents)
    return unknown(facts, 'settingNotReported', 'SEP Mobile’s Basic integration names no defence');
  const { deviceThreatProtectionDefenceLevels: ceilings } = policy;
  const above = DEFENCES.filter((defence) =>
    isAbove(facts.risk.byDefence[defence], ceilings?.[defence] ?? 'notSet'),
  );
  return above.length === 0
    ? COMPLIANT
    : fail(
        'defenceLevelAboveCeiling',
        `the threat level is above its ceiling in ${above.join(', ')}`,
      );
};

export const jailbrokenDevice: Check = (policy, facts) => {
  if (policy.securityBlockJailbrokenDevices !== true) return NOT_APPLICABLE;
  const isFound = facts.risk.threats.some(({ threatType }) => threatType === 'jailbrokenOrRooted');
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
};

export const missingPasscode: Check = ({ passcodeRequired }, facts) => {
  if (passcodeRequired !== true) return NOT_APPLICABLE;
  const { physical } = facts.device;
  if (physical?.value.passcodeEnabled === false)
    return fail('passcodeMissing', 'the device has no passcode');
  return attested(physical, physical?.value.passcodeEnabled === true, facts);
};

export const unencryptedStorage: Check = ({ storageRequireEncryption }, facts) => {
  if (storageRequireEncryption !== true) return NOT_APPLICABLE;
  const { physical } = facts.device;
  if (physical?.value.storageEncrypted === false)
    return fail('storageNotEncrypted', 'the storage is not encrypted');
  return attested(physical, physical?.value.storageEncrypted === true, facts);
};

export const securityPatchLevel: Check = ({ minAndroidSecurityPatchLevel: minimum }, facts) => {
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
};

export const osMinimumVersion: Check = ({ osMinimumVersion: minimum }, facts) =>
  versionRule(facts, minimum, (order) => order >= 0, 'osVersionTooOld', 'at least');

export const osMaximumVersion: Check = ({ osMaximumVersion: maximum }, facts) =>
  versionRule(facts, maximum, (order) => order <= 0, 'osVersionTooNew', 'at most');

interface Unheard {
  readonly code: ReasonCode;
  readonly message: string;
  readonly sinceDateTime?: DateTime;
}

/** Why the partner's word for this device is worth nothing; `undefined` where it is. Read from the top. */
function whyUnheard(facts: RuleFacts): Unheard | undefined {
  const { connector, platform, partnerDeadline, now } = facts;
  if (!connector.reportDeviceHealthAndRisk)
    return { code: 'connectorReadOnly', message: 'SEP Mobile’s integration is read-only' };
  if (!platform.isEnabled) {
    return {
      code: 'connectorDisabledForPlatform',
      message: 'the connector is switched off for the platform',
    };
  }
  const order = compareOsVersions(osVersionOf(facts), platform.minimumOsVersion);
  if (order !== undefined && order < 0) {
    return {
      code: 'osVersionUnsupported',
      message: `the version is older than ${platform.minimumOsVersion}, which SEP Mobile needs`,
    };
  }
  if (partnerDeadline !== undefined && now > partnerDeadline) {
    return {
      code: 'partnerUnresponsive',
      message: 'SEP Mobile itself has not been heard for too long',
      sinceDateTime: partnerDeadline,
    };
  }
  return undefined;
}

function assess(facts: RuleFacts): RuleResult {
  const { appHealth, isAssessmentOwed } = facts.risk;
  // The initial security assessment has to end before a device can be compliant (Broadcom 257763).
  if (isAssessmentOwed) {
    return appHealth === 'deactivated'
      ? fail(
          'appDeactivated',
          'SEP Mobile was deactivated before its assessment of the device ended',
        )
      : fail('assessmentPending', 'the first security assessment of the device has not ended');
  }
  switch (appHealth) {
    case 'assessed':
    case 'compromised':
    case 'activated':
      return COMPLIANT;
    case 'misconfigured':
      return unknown(facts, 'appMisconfigured', 'SEP Mobile cannot analyse the device');
    case 'deactivated':
      return unknown(facts, 'appDeactivated', 'SEP Mobile is deactivated on the device');
    case 'unknown':
      return unknown(facts, 'noPartnerData', 'SEP Mobile has not reported on the device');
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
    : unknown(facts, 'settingNotReported', 'SEP Mobile has not reported on this setting');
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

function isAbove(level: ThreatLevel | undefined, ceiling: ThreatCeiling): boolean {
  return level !== undefined && ceiling !== 'notSet' && isWorse(level, ceiling);
}

function fail(code: ReasonCode, message: string): RuleResult {
  return { status: 'nonCompliant', code, message };
}

function inError(message: string): RuleResult {
  return { status: 'error', code: 'settingInError', message };
}

/** What one row cannot tell; where the partner is not heard at all, the row about that has said so. */
function unknown(facts: RuleFacts, code: ReasonCode, message: string): RuleResult {
  return whyUnheard(facts) === undefined ? missing(facts, code, message) : NOT_APPLICABLE;
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

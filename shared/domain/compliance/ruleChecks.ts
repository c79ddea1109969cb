import { assertUnreachable } from '../../base/assertUnreachable.ts';
import type { DeviceCompliancePolicy } from './configuration.ts';
import type { Stamp } from '../devices/device.ts';
import { compareOsVersions, isSecurityPatchLevel } from '../vocabulary/osVersion.ts';
import type { ReasonCode } from '../vocabulary/reason.ts';
import type { Check, RuleFacts, RuleFailure, RuleResult, ToCheck } from './rule.ts';
import { inError, nonCompliant, unsupportedOsVersion } from './ruleFailure.ts';
import { DEFENCES, isWorse, type Defence, type ThreatLevel } from '../vocabulary/threat.ts';

const COMPLIANT: RuleResult = { status: 'compliant' };
const NOT_APPLICABLE: RuleResult = { status: 'notApplicable' };
const UNREADABLE_VERSION = inError('the version of the operating system cannot be read');
const UNREADABLE_PATCH_LEVEL = inError('the security patch level does not read as a date');
const COMPROMISED = nonCompliant(
  'deviceCompromised',
  'the device is compromised beyond its user’s repair',
);
const JAILBROKEN = nonCompliant('deviceJailbroken', 'the device is jailbroken or rooted');
const NO_PASSCODE = nonCompliant('passcodeMissing', 'the device has no passcode');
const NOT_ENCRYPTED = nonCompliant('storageNotEncrypted', 'the storage is not encrypted');
const NO_DEFENCE_NAMED = nonCompliant(
  'settingNotReported',
  'SEP Mobile’s Basic integration names no defence',
);
const NOT_REPORTED = nonCompliant(
  'settingNotReported',
  'SEP Mobile has not reported on this setting',
);
const PENDING = nonCompliant(
  'assessmentPending',
  'the first security assessment of the device has not ended',
);
const DEACTIVATED_BEFORE = nonCompliant(
  'appDeactivated',
  'SEP Mobile was deactivated before its assessment of the device ended',
);
const DEACTIVATED = nonCompliant('appDeactivated', 'SEP Mobile is deactivated on the device');
const MISCONFIGURED = nonCompliant('appMisconfigured', 'SEP Mobile cannot analyse the device');
const NO_DATA = nonCompliant('noPartnerData', 'SEP Mobile has not reported on the device');

/** The check, where the policy asks how threatened the device is, as a whole or by defence. */
function threatRule(check: Check): ToCheck {
  return (policy) =>
    askedLevel(policy) !== undefined || askedDefences(policy).length > 0 ? check : undefined;
}

function askedLevel(policy: DeviceCompliancePolicy): ThreatLevel | undefined {
  const { deviceThreatProtectionRequiredSecurityLevel: ceiling } = policy;
  return policy.deviceThreatProtectionEnabled && ceiling !== 'notSet' ? ceiling : undefined;
}

function askedDefences({
  deviceThreatProtectionDefenceLevels: ceilings = {},
}: DeviceCompliancePolicy): readonly {
  readonly defence: Defence;
  readonly ceiling: ThreatLevel;
}[] {
  return DEFENCES.flatMap((defence) => {
    const ceiling = ceilings[defence] ?? 'notSet';
    return ceiling === 'notSet' ? [] : [{ defence, ceiling }];
  });
}

/** Whether the policy asks for anything that only the partner can attest. */
function needsPartner(policy: DeviceCompliancePolicy): boolean {
  return (
    askedLevel(policy) !== undefined ||
    askedDefences(policy).length > 0 ||
    policy.securityBlockJailbrokenDevices === true ||
    policy.passcodeRequired === true ||
    policy.storageRequireEncryption === true ||
    policy.minAndroidSecurityPatchLevel !== undefined
  );
}

/** An unsupported version is known from the enrolment: no partner is needed to tell. */
export const blockedOsVersion: ToCheck = () => (facts) => {
  if (!facts.connector.partnerUnsupportedOsVersionBlocked) return NOT_APPLICABLE;
  if (facts.isOsVersionSupported === undefined) return UNREADABLE_VERSION;
  return facts.isOsVersionSupported ? NOT_APPLICABLE : unsupportedOsVersion(facts.platform);
};

/** Where the partner cannot vouch for the device, the missing-data setting speaks. What it knows against it still counts. */
export const partnerIgnored: ToCheck = (policy) =>
  needsPartner(policy)
    ? (facts) => {
        const { partnerIgnoredBecause: unheard } = facts;
        return unheard === undefined ? NOT_APPLICABLE : missing(facts, unheard);
      }
    : undefined;

/** Beyond the user's repair: fails at every ceiling. */
export const compromisedDevice = threatRule(({ risk }) =>
  risk.appHealth === 'compromised' ? COMPROMISED : COMPLIANT,
);

/** A known threat counts even where the app has fallen silent, been deactivated or is misconfigured since. */
export const levelAboveCeiling: ToCheck = (policy) => {
  const ceiling = askedLevel(policy);
  if (ceiling === undefined) return undefined;
  return ({ risk: { threatLevel } }) =>
    threatLevel !== undefined && isWorse(threatLevel, ceiling)
      ? nonCompliant(
          'threatLevelAboveCeiling',
          `the threat level of the device is ${threatLevel}, allowed is ${ceiling} or better`,
        )
      : COMPLIANT;
};

export const missingAssessment = threatRule((facts) => assess(facts));

/** SEP Mobile's Basic integration says how bad it is, not where. */
export const defenceAboveCeiling: ToCheck = (policy) => {
  const asked = askedDefences(policy);
  if (asked.length === 0) return undefined;
  return (facts) => {
    if (!facts.connector.reportSecurityIncidents) return unknown(facts, NO_DEFENCE_NAMED);
    const { byDefence } = facts.risk;
    const above = asked.filter(({ defence, ceiling }) => isWorse(byDefence[defence], ceiling));
    if (above.length === 0) return COMPLIANT;
    const names = above.map(({ defence }) => defence).join(', ');
    return nonCompliant(
      'defenceLevelAboveCeiling',
      `the threat level is above its ceiling in ${names}`,
    );
  };
};

export const jailbrokenDevice: ToCheck = ({ securityBlockJailbrokenDevices }) =>
  securityBlockJailbrokenDevices === true ? notJailbroken : undefined;

export const missingPasscode: ToCheck = ({ passcodeRequired }) =>
  passcodeRequired === true ? hasPasscode : undefined;

export const unencryptedStorage: ToCheck = ({ storageRequireEncryption }) =>
  storageRequireEncryption === true ? hasEncryptedStorage : undefined;

export const securityPatchLevel: ToCheck = ({ minAndroidSecurityPatchLevel: minimum }) =>
  minimum === undefined ? undefined : (facts) => isPatched(facts, minimum);

export const osMinimumVersion: ToCheck = ({ osMinimumVersion: minimum }) =>
  minimum === undefined
    ? undefined
    : ({ osVersion }) => {
        const order = compareOsVersions(osVersion, minimum);
        return order === undefined || order < 0
          ? wrongVersion(order, 'osVersionTooOld', osVersion, `at least ${minimum}`)
          : COMPLIANT;
      };

export const osMaximumVersion: ToCheck = ({ osMaximumVersion: maximum }) =>
  maximum === undefined
    ? undefined
    : ({ osVersion }) => {
        const order = compareOsVersions(osVersion, maximum);
        return order === undefined || order > 0
          ? wrongVersion(order, 'osVersionTooNew', osVersion, `at most ${maximum}`)
          : COMPLIANT;
      };

function wrongVersion(
  order: number | undefined,
  code: ReasonCode,
  version: string,
  required: string,
): RuleResult {
  return order === undefined
    ? UNREADABLE_VERSION
    : nonCompliant(code, `the operating system is ${version}, required is ${required}`);
}

function notJailbroken(facts: RuleFacts): RuleResult {
  const { physical, verdict } = facts.device;
  if (
    physical?.value.jailbrokenOrRooted === true ||
    verdict?.value.healthState === 'compromised' ||
    facts.risk.threats.some(({ threatType }) => threatType === 'jailbrokenOrRooted')
  ) {
    return JAILBROKEN;
  }
  // An assessment that found no compromise says so too.
  return facts.risk.appHealth === 'assessed'
    ? COMPLIANT
    : attested(physical, physical?.value.jailbrokenOrRooted === false, facts);
}

function hasPasscode(facts: RuleFacts): RuleResult {
  const { physical } = facts.device;
  if (physical?.value.passcodeEnabled === false) return NO_PASSCODE;
  return attested(physical, physical?.value.passcodeEnabled === true, facts);
}

function hasEncryptedStorage(facts: RuleFacts): RuleResult {
  const { physical } = facts.device;
  if (physical?.value.storageEncrypted === false) return NOT_ENCRYPTED;
  return attested(physical, physical?.value.storageEncrypted === true, facts);
}

function isPatched(facts: RuleFacts, minimum: string): RuleResult {
  const { vulnerability } = facts.device;
  const level = vulnerability?.value.securityPatchLevel;
  if (level === undefined) return attested(undefined, false, facts);
  if (!isSecurityPatchLevel(level)) return UNREADABLE_PATCH_LEVEL;
  if (level < minimum)
    return nonCompliant(
      'securityPatchLevelTooOld',
      `the security patch level is ${level}, required is ${minimum}`,
    );
  return attested(vulnerability, true, facts);
}

function assess(facts: RuleFacts): RuleResult {
  const { appHealth, isAssessmentOwed } = facts.risk;
  // The initial security assessment has to end before a device can be compliant (Broadcom 257763).
  if (isAssessmentOwed) return appHealth === 'deactivated' ? DEACTIVATED_BEFORE : PENDING;
  switch (appHealth) {
    case 'assessed':
    case 'compromised':
    case 'activated':
      return COMPLIANT;
    case 'misconfigured':
      return unknown(facts, MISCONFIGURED);
    case 'deactivated':
      return unknown(facts, DEACTIVATED);
    case 'unknown':
      return unknown(facts, NO_DATA);
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
  return isGood && isCurrent ? COMPLIANT : unknown(facts, NOT_REPORTED);
}

/** What one row cannot tell; where the partner is not heard at all, the row about that has said so. */
function unknown(facts: RuleFacts, failure: RuleFailure): RuleResult {
  return facts.partnerIgnoredBecause === undefined ? missing(facts, failure) : NOT_APPLICABLE;
}

/** Unknown turns into what the organisation said that it shall be, never into compliant. */
function missing({ platform }: RuleFacts, failure: RuleFailure): RuleResult {
  return platform.blocksOnMissingPartnerData ? failure : NOT_APPLICABLE;
}

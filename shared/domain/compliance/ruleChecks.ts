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
const UNREADABLE_VERSION = inError('the operating system version cannot be read');
const COMPROMISED = nonCompliant(
  'deviceCompromised',
  'the device is compromised, and its user cannot repair it',
);
const JAILBROKEN = nonCompliant('deviceJailbroken', 'the device is jailbroken or rooted');
const NO_PASSCODE = nonCompliant('passcodeMissing', 'the device has no passcode');
const NOT_ENCRYPTED = nonCompliant('storageNotEncrypted', 'the storage is not encrypted');
const NO_DEFENCE_NAMED = nonCompliant(
  'settingNotReported',
  'SEP Mobile’s Basic integration does not report threats by defence',
);
const NOT_REPORTED = nonCompliant('settingNotReported', 'SEP Mobile has not reported this setting');
const PENDING = nonCompliant(
  'assessmentPending',
  'the first security assessment of the device is not complete',
);
const DEACTIVATED_BEFORE = nonCompliant(
  'appDeactivated',
  'SEP Mobile was deactivated before it had assessed the device',
);
const DEACTIVATED = nonCompliant('appDeactivated', 'SEP Mobile is deactivated on the device');
const MISCONFIGURED = nonCompliant('appMisconfigured', 'SEP Mobile cannot analyse the device');
const NO_DATA = nonCompliant('noPartnerData', 'SEP Mobile has not reported on the device');

/** The check applies if the policy limits the device's threat level, as a whole or by defence. */
function threatRule(check: Check): ToCheck {
  return (policy) => (limitsThreats(policy) ? check : undefined);
}

function limitsThreats(policy: DeviceCompliancePolicy): boolean {
  return levelCeiling(policy) !== undefined || defenceCeilings(policy).length > 0;
}

function levelCeiling(policy: DeviceCompliancePolicy): ThreatLevel | undefined {
  const { deviceThreatProtectionRequiredSecurityLevel: ceiling } = policy;
  return policy.deviceThreatProtectionEnabled && ceiling !== 'notSet' ? ceiling : undefined;
}

function defenceCeilings({
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

/** Whether the policy requires anything that only the partner can attest. */
function needsPartner(policy: DeviceCompliancePolicy): boolean {
  return (
    limitsThreats(policy) ||
    policy.securityBlockJailbrokenDevices === true ||
    policy.passcodeRequired === true ||
    policy.storageRequireEncryption === true ||
    policy.minAndroidSecurityPatchLevel !== undefined
  );
}

/** Needs no partner: the version is known from the enrolment. */
export const blockedOsVersion: ToCheck = () => (facts) => {
  if (!facts.connector.partnerUnsupportedOsVersionBlocked) return NOT_APPLICABLE;
  if (facts.isOsVersionSupported === undefined) return UNREADABLE_VERSION;
  return facts.isOsVersionSupported ? NOT_APPLICABLE : unsupportedOsVersion(facts.platform);
};

/**
 * If the partner's data does not count, the missing-data setting decides. Known threats still count against the device.
 */
export const partnerIgnored: ToCheck = (policy) =>
  needsPartner(policy)
    ? (facts) => {
        const { partnerIgnoredBecause: cause } = facts;
        return cause === undefined ? NOT_APPLICABLE : missing(facts, cause);
      }
    : undefined;

/** Fails at every ceiling, because the user cannot repair the device. */
export const compromisedDevice = threatRule(({ risk }) =>
  risk.appHealth === 'compromised' ? COMPROMISED : COMPLIANT,
);

/** A known threat counts even if the app is silent, deactivated or misconfigured since. */
export const levelAboveCeiling: ToCheck = (policy) => {
  const ceiling = levelCeiling(policy);
  if (ceiling === undefined) return undefined;
  return ({ risk: { threatLevel } }) =>
    threatLevel !== undefined && isWorse(threatLevel, ceiling)
      ? nonCompliant(
          'threatLevelAboveCeiling',
          `the device’s threat level is ${threatLevel}; the policy allows ${ceiling} or better`,
        )
      : COMPLIANT;
};

export const missingAssessment = threatRule((facts) => namingSource(assess(facts), facts));

/** The failure in the name of the event source whose assessment is missing. */
function namingSource(result: RuleResult, { risk: { healthSource } }: RuleFacts): RuleResult {
  if (healthSource === undefined || !('message' in result)) return result;
  const { id, displayName } = healthSource;
  const message = result.message.includes('SEP Mobile')
    ? result.message.replace('SEP Mobile', displayName)
    : `${result.message} (${displayName})`;
  return { ...result, message, sourceId: id };
}

/** SEP Mobile's Basic integration reports how severe a risk is, but not in which defence. */
export const defenceAboveCeiling: ToCheck = (policy) => {
  const ceilings = defenceCeilings(policy);
  if (ceilings.length === 0) return undefined;
  return (facts) => {
    if (!facts.connector.reportSecurityIncidents) return unknown(facts, NO_DEFENCE_NAMED);
    const { byDefence } = facts.risk;
    const above = ceilings.filter(({ defence, ceiling }) => isWorse(byDefence[defence], ceiling));
    if (above.length === 0) return COMPLIANT;
    const names = above.map(({ defence }) => defence).join(', ');
    return nonCompliant(
      'defenceLevelAboveCeiling',
      `the threat level exceeds its ceiling for ${names}`,
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
    : nonCompliant(
        code,
        `the operating system is version ${version}; the policy requires ${required}`,
      );
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
  // An assessment that found no compromise is proof too.
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
  // A text that is no date says as little as none.
  if (level === undefined || !isSecurityPatchLevel(level)) return attested(undefined, false, facts);
  if (level < minimum)
    return nonCompliant(
      'securityPatchLevelTooOld',
      `the security patch level is ${level}; the policy requires ${minimum} or later`,
    );
  return attested(vulnerability, true, facts);
}

function assess(facts: RuleFacts): RuleResult {
  const { appHealth, isAssessmentPending } = facts.risk;
  // A device cannot be compliant before its initial security assessment is complete (Broadcom 257763).
  if (isAssessmentPending) return appHealth === 'deactivated' ? DEACTIVATED_BEFORE : PENDING;
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

/** A report from before a deactivation proves nothing any more. */
function attested(report: Stamp | undefined, isGood: boolean, facts: RuleFacts): RuleResult {
  const { deactivated } = facts.device;
  const isCurrent =
    report !== undefined &&
    (deactivated === undefined || report.observedDateTime > deactivated.observedDateTime);
  return isGood && isCurrent ? COMPLIANT : unknown(facts, NOT_REPORTED);
}

/** The rule has no data. If the partner's data does not count at all, `partnerIgnored` already reports that. */
function unknown(facts: RuleFacts, failure: RuleFailure): RuleResult {
  return facts.partnerIgnoredBecause === undefined ? missing(facts, failure) : NOT_APPLICABLE;
}

/** The organisation's setting decides on missing data. Missing data never makes a device compliant. */
function missing({ platform }: RuleFacts, failure: RuleFailure): RuleResult {
  return platform.blocksOnMissingPartnerData ? failure : NOT_APPLICABLE;
}

import type { PolicyVerdict } from '../../../shared/domain/evaluatePolicy.ts';
import { compareOsVersions, isSecurityPatchLevel } from '../../../shared/domain/osVersion.ts';
import type { Reason, ReasonCode } from '../../../shared/domain/reason.ts';
import { DEFENCES, isWorse } from '../../../shared/domain/threat.ts';
import type { Case } from './cases.ts';

const LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';

/**
 * The verdict on a policy as one would write it who wants nothing but speed: no table of rules, one test after the
 * other. Of a policy without grace and a device that met it before; all that the cases have.
 */
export function evaluateByHand({ policy, facts }: Case): PolicyVerdict {
  const { device, risk, connector, platform, unheard, now } = facts;
  const reasons: Reason[] = [];
  let isFailed = false;
  let isInError = false;
  let isChecked = false;
  let since: string | undefined;
  const policyId = policy.id;
  const fail = (setting: string, code: ReasonCode, message: string): void => {
    isFailed = true;
    reasons.push({ code, message, policyId, setting });
  };
  const err = (setting: string, message: string): void => {
    isInError = true;
    reasons.push({ code: 'settingInError', message, policyId, setting });
  };
  const missing = (setting: string, code: ReasonCode, message: string): void => {
    if (unheard === undefined && platform.blocksOnMissingPartnerData) fail(setting, code, message);
  };
  const unreported = (setting: string): void =>
    missing(setting, 'settingNotReported', 'SEP Mobile has not reported on this setting');

  if (connector.partnerUnsupportedOsVersionBlocked) {
    const setting = 'partnerUnsupportedOsVersionBlocked';
    if (facts.isOsVersionSupported === undefined)
      err(setting, 'the version of the operating system cannot be read');
    else if (!facts.isOsVersionSupported)
      fail(
        setting,
        'osVersionUnsupported',
        `the version is older than ${platform.minimumOsVersion}, which SEP Mobile needs`,
      );
  }
  const ceiling = policy.deviceThreatProtectionEnabled
    ? policy.deviceThreatProtectionRequiredSecurityLevel
    : 'notSet';
  const asksLevel = ceiling !== 'notSet';
  const ceilings = policy.deviceThreatProtectionDefenceLevels;
  let asksDefence = false;
  if (ceilings !== undefined)
    for (const defence of DEFENCES)
      if ((ceilings[defence] ?? 'notSet') !== 'notSet') asksDefence = true;
  const asksThreat = asksLevel || asksDefence;
  const jailbreak = policy.securityBlockJailbrokenDevices === true;
  const passcode = policy.passcodeRequired === true;
  const encryption = policy.storageRequireEncryption === true;
  const patch = policy.minAndroidSecurityPatchLevel;
  if (
    unheard !== undefined &&
    platform.blocksOnMissingPartnerData &&
    (asksThreat || jailbreak || passcode || encryption || patch !== undefined)
  ) {
    fail(LEVEL, unheard.code, unheard.message);
    since = unheard.sinceDateTime;
  }
  if (asksThreat) {
    isChecked = true;
    if (risk.appHealth === 'compromised')
      fail(LEVEL, 'deviceCompromised', 'the device is compromised beyond its user’s repair');
  }
  if (asksLevel && risk.threatLevel !== undefined && isWorse(risk.threatLevel, ceiling))
    fail(
      LEVEL,
      'threatLevelAboveCeiling',
      `the threat level of the device is ${risk.threatLevel}, allowed is ${ceiling} or better`,
    );
  if (asksThreat) {
    if (risk.isAssessmentOwed) {
      if (risk.appHealth === 'deactivated')
        fail(
          LEVEL,
          'appDeactivated',
          'SEP Mobile was deactivated before its assessment of the device ended',
        );
      else
        fail(
          LEVEL,
          'assessmentPending',
          'the first security assessment of the device has not ended',
        );
    } else if (risk.appHealth === 'misconfigured')
      missing(LEVEL, 'appMisconfigured', 'SEP Mobile cannot analyse the device');
    else if (risk.appHealth === 'deactivated')
      missing(LEVEL, 'appDeactivated', 'SEP Mobile is deactivated on the device');
    else if (risk.appHealth === 'unknown')
      missing(LEVEL, 'noPartnerData', 'SEP Mobile has not reported on the device');
  }
  if (asksDefence) {
    const setting = 'deviceThreatProtectionDefenceLevels';
    if (!connector.reportSecurityIncidents)
      missing(setting, 'settingNotReported', 'SEP Mobile’s Basic integration names no defence');
    else {
      let above = '';
      for (const defence of DEFENCES) {
        const limit = ceilings?.[defence] ?? 'notSet';
        if (limit !== 'notSet' && isWorse(risk.byDefence[defence], limit))
          above = above === '' ? defence : `${above}, ${defence}`;
      }
      if (above !== '')
        fail(
          setting,
          'defenceLevelAboveCeiling',
          `the threat level is above its ceiling in ${above}`,
        );
    }
  }
  const { physical, vulnerability, verdict, deactivated } = device;
  const isPhysicalCurrent =
    physical !== undefined &&
    (deactivated === undefined || physical.observedDateTime > deactivated.observedDateTime);
  if (jailbreak) {
    const setting = 'securityBlockJailbrokenDevices';
    let isFound =
      physical?.value.jailbrokenOrRooted === true || verdict?.value.healthState === 'compromised';
    for (const { threatType } of risk.threats)
      if (threatType === 'jailbrokenOrRooted') isFound = true;
    if (isFound) fail(setting, 'deviceJailbroken', 'the device is jailbroken or rooted');
    else if (
      risk.appHealth === 'assessed' ||
      (isPhysicalCurrent && physical.value.jailbrokenOrRooted === false)
    )
      isChecked = true;
    else unreported(setting);
  }
  if (passcode) {
    if (physical?.value.passcodeEnabled === false)
      fail('passcodeRequired', 'passcodeMissing', 'the device has no passcode');
    else if (isPhysicalCurrent && physical.value.passcodeEnabled === true) isChecked = true;
    else unreported('passcodeRequired');
  }
  if (encryption) {
    if (physical?.value.storageEncrypted === false)
      fail('storageRequireEncryption', 'storageNotEncrypted', 'the storage is not encrypted');
    else if (isPhysicalCurrent && physical.value.storageEncrypted === true) isChecked = true;
    else unreported('storageRequireEncryption');
  }
  if (patch !== undefined) {
    const setting = 'minAndroidSecurityPatchLevel';
    const level = vulnerability?.value.securityPatchLevel;
    if (level === undefined) unreported(setting);
    else if (!isSecurityPatchLevel(level))
      err(setting, 'the security patch level does not read as a date');
    else if (level < patch)
      fail(
        setting,
        'securityPatchLevelTooOld',
        `the security patch level is ${level}, required is ${patch}`,
      );
    else if (
      vulnerability !== undefined &&
      (deactivated === undefined || vulnerability.observedDateTime > deactivated.observedDateTime)
    )
      isChecked = true;
    else unreported(setting);
  }
  const minimum = policy.osMinimumVersion;
  if (minimum !== undefined) {
    const order = compareOsVersions(facts.osVersion, minimum);
    if (order === undefined)
      err('osMinimumVersion', 'the version of the operating system cannot be read');
    else if (order < 0)
      fail(
        'osMinimumVersion',
        'osVersionTooOld',
        `the operating system is ${facts.osVersion}, required is at least ${minimum}`,
      );
    else isChecked = true;
  }
  const maximum = policy.osMaximumVersion;
  if (maximum !== undefined) {
    const order = compareOsVersions(facts.osVersion, maximum);
    if (order === undefined)
      err('osMaximumVersion', 'the version of the operating system cannot be read');
    else if (order > 0)
      fail(
        'osMaximumVersion',
        'osVersionTooNew',
        `the operating system is ${facts.osVersion}, required is at most ${maximum}`,
      );
    else isChecked = true;
  }
  if (isInError) return { status: 'error', reasons, state: undefined };
  if (!isFailed) return { status: isChecked ? 'compliant' : 'notApplicable', reasons, state: {} };
  const began = since !== undefined && since < now ? since : now;
  return { status: 'nonCompliant', reasons, state: { noncompliantSinceDateTime: began } };
}

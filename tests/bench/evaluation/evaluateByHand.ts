import type { PolicyVerdict } from '../../../shared/domain/compliance/evaluatePolicy.ts';
import {
  compareOsVersions,
  isSecurityPatchLevel,
} from '../../../shared/domain/vocabulary/osVersion.ts';
import type { Reason } from '../../../shared/domain/vocabulary/reason.ts';
import { DEFENCES, isWorse } from '../../../shared/domain/vocabulary/threat.ts';
import type { Case } from './cases.ts';

const LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';

/**
 * The verdict on a policy, written for speed only: no table of rules, one test after the other. It covers policies without
 * grace and devices that met the policy before, as in the cases.
 */
export function evaluateByHand({ policy, facts }: Case): PolicyVerdict {
  const { device, risk, connector, platform, partnerIgnoredBecause: ignored, now } = facts;
  const reasons: Reason[] = [];
  let isFailed = false;
  let isInError = false;
  let isChecked = false;
  let since: string | undefined;
  const policyId = policy.id;
  if (connector.partnerUnsupportedOsVersionBlocked) {
    const setting = 'partnerUnsupportedOsVersionBlocked';
    if (facts.isOsVersionSupported === undefined) {
      isInError = true;
      reasons.push({
        code: 'settingInError',
        message: 'the operating system version cannot be read',
        policyId,
        setting: setting,
      });
    } else if (!facts.isOsVersionSupported) {
      isFailed = true;
      reasons.push({
        code: 'osVersionUnsupported',
        message: `the operating system is older than version ${platform.minimumOsVersion}, which SEP Mobile requires`,
        policyId,
        setting: setting,
      });
    }
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
    ignored !== undefined &&
    platform.blocksOnMissingPartnerData &&
    (asksThreat || jailbreak || passcode || encryption || patch !== undefined)
  ) {
    {
      isFailed = true;
      reasons.push({ code: ignored.code, message: ignored.message, policyId, setting: LEVEL });
    }
    since = ignored.sinceDateTime;
  }
  if (asksThreat) {
    isChecked = true;
    if (risk.appHealth === 'compromised') {
      isFailed = true;
      reasons.push({
        code: 'deviceCompromised',
        message: 'the device is compromised, and its user cannot repair it',
        policyId,
        setting: LEVEL,
      });
    }
  }
  if (asksLevel && risk.threatLevel !== undefined && isWorse(risk.threatLevel, ceiling)) {
    isFailed = true;
    reasons.push({
      code: 'threatLevelAboveCeiling',
      message: `the device’s threat level is ${risk.threatLevel}; the policy allows ${ceiling} or better`,
      policyId,
      setting: LEVEL,
    });
  }
  if (asksThreat) {
    if (risk.isAssessmentPending) {
      if (risk.appHealth === 'deactivated') {
        isFailed = true;
        reasons.push({
          code: 'appDeactivated',
          message: 'SEP Mobile was deactivated before it had assessed the device',
          policyId,
          setting: LEVEL,
        });
      } else {
        isFailed = true;
        reasons.push({
          code: 'assessmentPending',
          message: 'the first security assessment of the device is not complete',
          policyId,
          setting: LEVEL,
        });
      }
    } else if (risk.appHealth === 'misconfigured') {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'appMisconfigured',
          message: 'SEP Mobile cannot analyse the device',
          policyId,
          setting: LEVEL,
        });
      }
    } else if (risk.appHealth === 'deactivated') {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'appDeactivated',
          message: 'SEP Mobile is deactivated on the device',
          policyId,
          setting: LEVEL,
        });
      }
    } else if (risk.appHealth === 'unknown') {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'noPartnerData',
          message: 'SEP Mobile has not reported on the device',
          policyId,
          setting: LEVEL,
        });
      }
    }
  }
  if (asksDefence) {
    const setting = 'deviceThreatProtectionDefenceLevels';
    if (!connector.reportSecurityIncidents) {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile’s Basic integration does not report threats by defence',
          policyId,
          setting: setting,
        });
      }
    } else {
      let above = '';
      for (const defence of DEFENCES) {
        const limit = ceilings?.[defence] ?? 'notSet';
        if (limit !== 'notSet' && isWorse(risk.byDefence[defence], limit))
          above = above === '' ? defence : `${above}, ${defence}`;
      }
      if (above !== '') {
        isFailed = true;
        reasons.push({
          code: 'defenceLevelAboveCeiling',
          message: `the threat level exceeds its ceiling for ${above}`,
          policyId,
          setting: setting,
        });
      }
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
    if (isFound) {
      isFailed = true;
      reasons.push({
        code: 'deviceJailbroken',
        message: 'the device is jailbroken or rooted',
        policyId,
        setting: setting,
      });
    } else if (
      risk.appHealth === 'assessed' ||
      (isPhysicalCurrent && physical.value.jailbrokenOrRooted === false)
    )
      isChecked = true;
    else {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile has not reported this setting',
          policyId,
          setting: setting,
        });
      }
    }
  }
  if (passcode) {
    if (physical?.value.passcodeEnabled === false) {
      isFailed = true;
      reasons.push({
        code: 'passcodeMissing',
        message: 'the device has no passcode',
        policyId,
        setting: 'passcodeRequired',
      });
    } else if (isPhysicalCurrent && physical.value.passcodeEnabled === true) isChecked = true;
    else {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile has not reported this setting',
          policyId,
          setting: 'passcodeRequired',
        });
      }
    }
  }
  if (encryption) {
    if (physical?.value.storageEncrypted === false) {
      isFailed = true;
      reasons.push({
        code: 'storageNotEncrypted',
        message: 'the storage is not encrypted',
        policyId,
        setting: 'storageRequireEncryption',
      });
    } else if (isPhysicalCurrent && physical.value.storageEncrypted === true) isChecked = true;
    else {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile has not reported this setting',
          policyId,
          setting: 'storageRequireEncryption',
        });
      }
    }
  }
  if (patch !== undefined) {
    const setting = 'minAndroidSecurityPatchLevel';
    const level = vulnerability?.value.securityPatchLevel;
    if (level === undefined || !isSecurityPatchLevel(level)) {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile has not reported this setting',
          policyId,
          setting: setting,
        });
      }
    } else if (level < patch) {
      isFailed = true;
      reasons.push({
        code: 'securityPatchLevelTooOld',
        message: `the security patch level is ${level}; the policy requires ${patch} or later`,
        policyId,
        setting: setting,
      });
    } else if (
      vulnerability !== undefined &&
      (deactivated === undefined || vulnerability.observedDateTime > deactivated.observedDateTime)
    )
      isChecked = true;
    else {
      if (ignored === undefined && platform.blocksOnMissingPartnerData) {
        isFailed = true;
        reasons.push({
          code: 'settingNotReported',
          message: 'SEP Mobile has not reported this setting',
          policyId,
          setting: setting,
        });
      }
    }
  }
  const minimum = policy.osMinimumVersion;
  if (minimum !== undefined) {
    const order = compareOsVersions(facts.osVersion, minimum);
    if (order === undefined) {
      isInError = true;
      reasons.push({
        code: 'settingInError',
        message: 'the operating system version cannot be read',
        policyId,
        setting: 'osMinimumVersion',
      });
    } else if (order < 0) {
      isFailed = true;
      reasons.push({
        code: 'osVersionTooOld',
        message: `the operating system is version ${facts.osVersion}; the policy requires at least ${minimum}`,
        policyId,
        setting: 'osMinimumVersion',
      });
    } else isChecked = true;
  }
  const maximum = policy.osMaximumVersion;
  if (maximum !== undefined) {
    const order = compareOsVersions(facts.osVersion, maximum);
    if (order === undefined) {
      isInError = true;
      reasons.push({
        code: 'settingInError',
        message: 'the operating system version cannot be read',
        policyId,
        setting: 'osMaximumVersion',
      });
    } else if (order > 0) {
      isFailed = true;
      reasons.push({
        code: 'osVersionTooNew',
        message: `the operating system is version ${facts.osVersion}; the policy requires at most ${maximum}`,
        policyId,
        setting: 'osMaximumVersion',
      });
    } else isChecked = true;
  }
  if (isInError) return { status: 'error', reasons, state: undefined };
  if (!isFailed) return { status: isChecked ? 'compliant' : 'notApplicable', reasons, state: {} };
  const began = since !== undefined && since < now ? since : now;
  return { status: 'nonCompliant', reasons, state: { noncompliantSinceDateTime: began } };
}

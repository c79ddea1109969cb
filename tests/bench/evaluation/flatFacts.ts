import {
  compareOsVersions,
  isSecurityPatchLevel,
} from '../../../shared/domain/vocabulary/osVersion.ts';
import {
  DEFENCES,
  THREAT_LEVELS,
  type ThreatCeiling,
} from '../../../shared/domain/vocabulary/threat.ts';
import type { Case } from './cases.ts';

/** A case in the form for rule engines: numbers, texts and booleans by name. */
export type FlatFacts = Readonly<Record<string, string | number | boolean>>;

/** Above every level, so this ceiling requires nothing. */
export const NO_CEILING = 9;
export const UNREADABLE = -1;
export const NOT_REPORTED = -2;
/** No policy requires one. */
export const NO_LIMIT = -3;

/**
 * The input of the engines. Their languages cannot express versions, days, reports after a deactivation or the risk of a
 * device, so these are prepared for them, outside the measured time.
 */
export function toFlatFacts({ policy, facts }: Case): FlatFacts {
  const { device, risk, connector, platform } = facts;
  const { deviceThreatProtectionDefenceLevels: ceilings } = policy;
  const { physical, vulnerability, verdict, deactivated } = device;
  const isCurrent = (report: { readonly observedDateTime: string } | undefined): boolean =>
    report !== undefined &&
    (deactivated === undefined || report.observedDateTime > deactivated.observedDateTime);
  const attested = (value: boolean | undefined, good: boolean): string => {
    if (value === !good) return 'bad';
    return value === good && isCurrent(physical) ? 'good' : 'unknown';
  };
  const isJailbroken =
    risk.threats.some(({ threatType }) => threatType === 'jailbrokenOrRooted') ||
    verdict?.value.healthState === 'compromised';
  const jailbreak =
    risk.appHealth === 'assessed' ? 'good' : attested(physical?.value.jailbrokenOrRooted, false);
  const patch = vulnerability?.value.securityPatchLevel;
  return {
    level: policy.deviceThreatProtectionEnabled
      ? rank(policy.deviceThreatProtectionRequiredSecurityLevel)
      : NO_CEILING,
    ...Object.fromEntries(
      DEFENCES.flatMap((defence) => [
        [`${defence}Ceiling`, rank(ceilings?.[defence] ?? 'notSet')],
        [defence, rank(risk.byDefence[defence])],
      ]),
    ),
    asksJailbreak: policy.securityBlockJailbrokenDevices === true,
    asksPasscode: policy.passcodeRequired === true,
    asksEncryption: policy.storageRequireEncryption === true,
    minimumPatch: toDay(policy.minAndroidSecurityPatchLevel) ?? NO_LIMIT,
    minimumOs: toNumber(policy.osMinimumVersion) ?? NO_LIMIT,
    maximumOs: toNumber(policy.osMaximumVersion) ?? NO_LIMIT,
    blocksUnsupported: connector.partnerUnsupportedOsVersionBlocked,
    os: toNumber(facts.osVersion) ?? UNREADABLE,
    supportedOs: toNumber(platform.minimumOsVersion) ?? UNREADABLE,
    isReadOnly: !connector.reportDeviceHealthAndRisk,
    isDisabled: !platform.isEnabled,
    isPartnerLate: facts.partnerDeadline !== undefined && facts.now > facts.partnerDeadline,
    blocksOnMissing: platform.blocksOnMissingPartnerData,
    health: risk.appHealth,
    isOwed: risk.isAssessmentPending,
    threat: risk.threatLevel === undefined ? UNREADABLE : rank(risk.threatLevel),
    namesDefences: connector.reportSecurityIncidents,
    jailbreak: isJailbroken || physical?.value.jailbrokenOrRooted === true ? 'bad' : jailbreak,
    passcode: attested(physical?.value.passcodeEnabled, true),
    encryption: attested(physical?.value.storageEncrypted, true),
    patch: patch === undefined ? NOT_REPORTED : (toDay(patch) ?? NOT_REPORTED),
    isPatchCurrent: isCurrent(vulnerability),
  };
}

function rank(level: ThreatCeiling): number {
  return level === 'notSet' ? NO_CEILING : THREAT_LEVELS.indexOf(level);
}

/** Versions in the cases have at most two numbers. */
function toNumber(version: string | undefined): number | undefined {
  if (version === undefined || compareOsVersions(version, version) === undefined) return undefined;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}

function toDay(text: string | undefined): number | undefined {
  return text !== undefined && isSecurityPatchLevel(text)
    ? Number(text.replaceAll('-', ''))
    : undefined;
}

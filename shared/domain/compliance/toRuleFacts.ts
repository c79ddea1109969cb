import { compareOsVersions, isOsVersion } from '../vocabulary/osVersion.ts';
import type { KnownFacts, RuleFacts, RuleFailure } from './rule.ts';
import { nonCompliant, unsupportedOsVersion } from './ruleFailure.ts';

/** The facts that the rules of every policy read. */
export function toRuleFacts(known: KnownFacts): RuleFacts {
  const osVersion = osVersionOf(known);
  const order = compareOsVersions(osVersion, known.platform.minimumOsVersion);
  const isOsVersionSupported = order === undefined ? undefined : order >= 0;
  return {
    ...known,
    osVersion,
    isOsVersionSupported,
    partnerIgnoredBecause: whyPartnerIgnored(known, isOsVersionSupported),
  };
}

/** The latest version that can be read. A text that is no version says nothing about the version. */
function osVersionOf({ device, properties }: KnownFacts): string {
  const { enrolment, vulnerability } = device;
  const reported = vulnerability?.value.osVersion;
  if (reported === undefined || !isOsVersion(reported)) return properties.osVersion;
  const isReportNewer =
    (vulnerability?.observedDateTime ?? '') > (enrolment?.observedDateTime ?? '');
  return isReportNewer || !isOsVersion(properties.osVersion) ? reported : properties.osVersion;
}

const READ_ONLY = nonCompliant('connectorReadOnly', 'SEP Mobile’s integration is read-only');
const DISABLED = nonCompliant(
  'connectorDisabledForPlatform',
  'the connector is switched off for the platform',
);
const UNRESPONSIVE = nonCompliant(
  'partnerUnresponsive',
  'SEP Mobile itself has been silent for too long',
);

/** In reading order: the first cause counts. */
function whyPartnerIgnored(
  { connector, platform, partnerDeadline, now }: KnownFacts,
  isOsVersionSupported: boolean | undefined,
): RuleFailure | undefined {
  if (!connector.reportDeviceHealthAndRisk) return READ_ONLY;
  if (!platform.isEnabled) return DISABLED;
  if (isOsVersionSupported === false) return unsupportedOsVersion(platform);
  if (partnerDeadline !== undefined && now > partnerDeadline) {
    return { ...UNRESPONSIVE, sinceDateTime: partnerDeadline };
  }
  return undefined;
}

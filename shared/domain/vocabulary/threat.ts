/** The four defences of SEP Mobile. */
export const DEFENCES = ['physical', 'network', 'application', 'vulnerability'] as const;
export type Defence = (typeof DEFENCES)[number];

/** SEP Mobile's own risk vocabulary (Broadcom knowledge base 257763). */
export const RISK_LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** What SEP Mobile says of the device's app or system, beside its risk. */
export const HEALTH_STATES = ['compromised', 'misconfigured'] as const;

/** SEP Mobile's verdicts on an app, best first. */
export const APP_VERDICTS = ['clean', 'unwanted', 'suspicious', 'malware'] as const;

export const INCIDENT_SEVERITIES = ['low', 'medium', 'high'] as const;
export type IncidentSeverity = (typeof INCIDENT_SEVERITIES)[number];

/** Graph `managedDevicePartnerReportedHealthState`. */
export const PARTNER_REPORTED_THREAT_STATES = [
  'unknown',
  'activated',
  'deactivated',
  'secured',
  'lowSeverity',
  'mediumSeverity',
  'highSeverity',
  'unresponsive',
  'compromised',
  'misconfigured',
] as const;
export type PartnerReportedThreatState = (typeof PARTNER_REPORTED_THREAT_STATES)[number];

/**
 * Graph `deviceThreatProtectionLevel` as a ceiling: the worst level that a compliant device may have.
 * `notSet` switches the rule off. Writes read Graph's `unavailable` as `notSet`.
 */
export const THREAT_CEILINGS = ['secured', 'low', 'medium', 'high', 'notSet'] as const;
export type ThreatCeiling = (typeof THREAT_CEILINGS)[number];

/** The levels of a device's known risk, best first. */
export const THREAT_LEVELS = ['secured', 'low', 'medium', 'high'] as const;
export type ThreatLevel = (typeof THREAT_LEVELS)[number];

/** Graph's `secured` is SEP Mobile's `minimal`; the other levels have the same names. */
export function fromRiskLevel(riskLevel: RiskLevel): ThreatLevel {
  return riskLevel === 'minimal' ? 'secured' : riskLevel;
}

/** Graph's name for a device with `level`. */
export function toThreatState(level: ThreatLevel): PartnerReportedThreatState {
  return level === 'secured' ? 'secured' : `${level}Severity`;
}

export function isWorse(level: ThreatLevel, than: ThreatLevel): boolean {
  return THREAT_LEVELS.indexOf(level) > THREAT_LEVELS.indexOf(than);
}

/** The worst of the given levels; `undefined` if none is given. */
export function worst(levels: readonly ThreatLevel[]): ThreatLevel | undefined {
  return levels.reduce<ThreatLevel | undefined>(
    (a, b) => (a === undefined || isWorse(b, a) ? b : a),
    undefined,
  );
}

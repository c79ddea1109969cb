import type { Device, Incident } from './device.ts';
import type { Reason } from './reason.ts';
import {
  DEFENCES,
  fromRiskLevel,
  toThreatState,
  worst,
  type Defence,
  type PartnerReportedThreatState,
  type ThreatLevel,
} from './threat.ts';

/** Whether SEP Mobile on the device can be believed to know what is going on there. */
export type AppHealth =
  | 'unknown'
  | 'activated'
  | 'deactivated'
  | 'misconfigured'
  | 'assessed'
  | 'compromised';

/** How bad a device is known to be, and why. */
export interface RiskAssessment {
  readonly appHealth: AppHealth;
  /** The worst of everything known; `undefined` where nothing is. */
  readonly threatLevel?: ThreatLevel;
  /** The worst open incident of each defence; a defence without one is `secured`. */
  readonly byDefence: Readonly<Record<Defence, ThreatLevel>>;
  readonly openIncidents: readonly Incident[];
  /** In Graph's words, as far as this needs no clock: `unresponsive` is the evaluation's to say. */
  readonly threatState: PartnerReportedThreatState;
  readonly reasons: readonly Reason[];
}

/**
 * The device's risk: the worst of SEP Mobile's own verdict and the open incidents.
 * Pure and monotone: one more threat, or a worse one, never gives a better assessment.
 */
export function assessRisk(device: Device): RiskAssessment {
  const openIncidents = device.incidents
    .map(({ value }) => value)
    .filter(({ status }) => status === 'open');
  const appHealth = appHealthOf(device);
  // A verdict from before a deactivation no longer proves that a device is well, but still that it was not.
  const verdict = device.verdict && fromRiskLevel(device.verdict.value.riskLevel);
  const threatLevel = worst([
    ...(verdict === undefined ? [] : [verdict]),
    ...openIncidents.map(({ severity }) => severity),
  ]);
  return {
    appHealth,
    ...(threatLevel === undefined ? {} : { threatLevel }),
    byDefence: worstByDefence(openIncidents),
    openIncidents,
    threatState: threatStateOf(appHealth, threatLevel),
    reasons: [...verdictReasons(device), ...openIncidents.map(incidentReason)],
  };
}

/** Read from the top, the first that fits wins. */
function appHealthOf(device: Device): AppHealth {
  const { activated, deactivated, verdict } = device;
  // Reported by SEP Mobile as beyond the user's repair: nothing softens it but a newer verdict.
  if (verdict?.value.healthState === 'compromised') return 'compromised';
  const isDeactivated =
    deactivated !== undefined && !(activated !== undefined && isAfter(activated, deactivated));
  if (isDeactivated) return 'deactivated';
  // After a deactivation a new assessment is owed: what was known before may have changed meanwhile.
  const isVerdictCurrent =
    verdict !== undefined && (deactivated === undefined || isAfter(verdict, deactivated));
  if (isVerdictCurrent && verdict.value.healthState === 'misconfigured') return 'misconfigured';
  if (isVerdictCurrent) return 'assessed';
  return activated === undefined ? 'unknown' : 'activated';
}

function isAfter(
  a: { readonly observedDateTime: string; readonly signalId: string },
  b: { readonly observedDateTime: string; readonly signalId: string },
): boolean {
  return a.observedDateTime === b.observedDateTime
    ? a.signalId > b.signalId
    : a.observedDateTime > b.observedDateTime;
}

function threatStateOf(
  appHealth: AppHealth,
  level: ThreatLevel | undefined,
): PartnerReportedThreatState {
  if (appHealth === 'compromised') return 'compromised';
  // A known threat says more than the state of the app, and must not hide behind it.
  if (level !== undefined && level !== 'secured') return toThreatState(level);
  return appHealth === 'assessed' ? 'secured' : appHealth;
}

function worstByDefence(incidents: readonly Incident[]): Record<Defence, ThreatLevel> {
  const levelOf = (defence: Defence): ThreatLevel =>
    worst(
      incidents.filter(({ category }) => category === defence).map(({ severity }) => severity),
    ) ?? 'secured';
  return Object.fromEntries(DEFENCES.map((defence) => [defence, levelOf(defence)])) as Record<
    Defence,
    ThreatLevel
  >;
}

function verdictReasons({ verdict }: Device): readonly Reason[] {
  if (verdict === undefined || verdict.value.riskLevel === 'minimal') return [];
  const message = `SEP Mobile reports the risk of the device as ${verdict.value.riskLevel}`;
  return [{ code: 'riskLevelReported', message }];
}

function incidentReason(incident: Incident): Reason {
  const about = incident.title ?? incident.threatType;
  return {
    code: 'incidentOpen',
    message: `open ${incident.category} incident of ${incident.severity} severity: ${about}`,
    category: incident.category,
    incidentId: incident.incidentId,
  };
}

import {
  openIncidents,
  type Device,
  type Incident,
  type IncidentOverflow,
} from '../devices/device.ts';
import { findThreats, type Finding } from './findThreats.ts';
import type { Reason } from '../vocabulary/reason.ts';
import {
  DEFENCES,
  fromRiskLevel,
  toThreatState,
  worst,
  type Defence,
  type PartnerReportedThreatState,
  type ThreatLevel,
} from '../vocabulary/threat.ts';
import {
  effectiveThreat,
  type EffectiveThreat,
  type Repairer,
  type ThreatOverride,
} from './threatCatalogue.ts';

/** Whether the SEP Mobile app on the device works, and what it found. */
export type AppHealth =
  | 'unknown'
  | 'activated'
  | 'deactivated'
  | 'misconfigured'
  | 'assessed'
  | 'compromised';

/** One threat on the device. */
export interface Threat {
  readonly threatType: string;
  readonly defence: Defence;
  /** More than one if the sender's category is unknown. */
  readonly defences: readonly Defence[];
  readonly level: ThreatLevel;
  readonly repairableBy: Repairer;
  /** The catalogue's entry; `undefined` for an unknown type. */
  readonly definition: EffectiveThreat | undefined;
  readonly reason: Reason;
}

/** The known risk of a device, and why. */
export interface RiskAssessment {
  readonly appHealth: AppHealth;
  /** The app was activated and has not completed an assessment since. Removing the app does not change that. */
  readonly isAssessmentPending: boolean;
  /** The worst level that is known; `undefined` if none is. */
  readonly threatLevel?: ThreatLevel;
  /** The worst threat of each defence, `secured` if it has none. SEP Mobile's verdict belongs to no defence. */
  readonly byDefence: Readonly<Record<Defence, ThreatLevel>>;
  readonly threats: readonly Threat[];
  /** Graph's state as far as it needs no clock. Only the evaluation knows whether a device is `unresponsive`. */
  readonly threatState: PartnerReportedThreatState;
  readonly reasons: readonly Reason[];
}

const MAX_NAMED_SUBJECTS = 3;

/**
 * The device's risk: the worst of SEP Mobile's own verdict, the open incidents and the telemetry.
 * Pure and monotone: one more threat, or a worse one, never improves the assessment.
 */
export function assessRisk(device: Device, overrides: readonly ThreatOverride[]): RiskAssessment {
  const threats = [
    ...openIncidents(device).map((incident) => fromIncident(incident, overrides)),
    ...fromOverflow(device, overrides),
    ...findThreats(device).flatMap((finding) => fromFinding(finding, overrides)),
  ].filter(({ level }) => level !== 'secured');
  const appHealth = appHealthOf(device, threats);
  // A verdict from before a deactivation no longer proves that the device is healthy, but its risk still counts.
  const verdict = device.verdict && fromRiskLevel(device.verdict.value.riskLevel);
  const threatLevel = worst([
    ...(verdict === undefined ? [] : [verdict]),
    ...threats.map(({ level }) => level),
  ]);
  return {
    appHealth,
    isAssessmentPending: isPending(device, appHealth),
    ...(threatLevel === undefined ? {} : { threatLevel }),
    byDefence: worstByDefence(threats),
    threats,
    threatState: threatStateOf(appHealth, threatLevel),
    reasons: [...verdictReasons(device), ...threats.map(({ reason }) => reason)],
  };
}

/** An organisation's severity wins over the sender's; an unknown type has the sender's. */
function fromIncident(incident: Incident, overrides: readonly ThreatOverride[]): Threat {
  const definition = effectiveThreat(incident.threatType, overrides);
  const level = definition?.isOverridden === true ? definition.severity : incident.severity;
  const about = incident.title ?? incident.threatType;
  return {
    threatType: incident.threatType,
    defence: incident.category,
    defences: incident.isEveryDefence === true ? DEFENCES : [incident.category],
    level,
    repairableBy: definition?.repairableBy ?? 'user',
    definition,
    reason: {
      code: 'incidentOpen',
      message: `open ${incident.category} incident of ${level} severity: ${about}`,
      category: incident.category,
      incidentId: incident.incidentId,
    },
  };
}

/** The incidents that the record had no room for, until the last of them is resolved, or an operator clears them. */
function fromOverflow(
  { incidentOverflow: overflow, unreadableCleared: cleared }: Device,
  overrides: readonly ThreatOverride[],
): readonly Threat[] {
  if (overflow === undefined) return [];
  if (cleared !== undefined && cleared.observedDateTime > overflow.observedDateTime) return [];
  const ofTypes = Object.entries(overflow.types).map(([key, severity]) => {
    const [defence = '', ...words] = key.split(' ');
    const defences = DEFENCES.filter((each) => defence === '*' || each === defence);
    const definition = effectiveThreat(words.join(' '), overrides);
    const level = definition?.isOverridden === true ? definition.severity : severity;
    return toOverflowThreat(overflow, { defences, level, definition });
  });
  const ofOthers = DEFENCES.flatMap((defence) => {
    const level = overflow.worst[defence];
    return level === undefined
      ? []
      : [toOverflowThreat(overflow, { defences: [defence], level, definition: undefined })];
  });
  return [...ofTypes, ...ofOthers];
}

function toOverflowThreat(
  { open, lostCount }: IncidentOverflow,
  { defences, level, definition }: Pick<Threat, 'defences' | 'level' | 'definition'>,
): Threat {
  const count = Object.keys(open).length + lostCount;
  const message = `more open incidents than a device record holds: ${String(count)} of up to ${level} severity`;
  const [category = 'application'] = defences;
  return {
    threatType: definition?.threatType ?? 'incidentOverflow',
    defence: category,
    defences,
    level,
    repairableBy: definition?.repairableBy ?? 'user',
    definition,
    reason: { code: 'incidentOpen', message, category },
  };
}

function fromFinding(
  { threatType, subjects }: Finding,
  overrides: readonly ThreatOverride[],
): readonly Threat[] {
  const definition = effectiveThreat(threatType, overrides);
  if (definition === undefined) return [];
  const { defence, severity: level, repairableBy, description } = definition;
  const named = subjects.slice(0, MAX_NAMED_SUBJECTS).join(', ');
  const more = subjects.length > MAX_NAMED_SUBJECTS ? ' and others' : '';
  const message = `${description} (${threatType}, ${level})${named === '' ? '' : `: ${named}${more}`}`;
  const reason: Reason = { code: 'threatDetected', message, category: defence };
  return [{ threatType, defence, defences: [defence], level, repairableBy, definition, reason }];
}

/** In reading order: the first match counts. */
function appHealthOf(device: Device, threats: readonly Threat[]): AppHealth {
  const { activated, deactivated, verdict } = device;
  // The user cannot repair the device. Only a newer verdict from SEP Mobile ends this.
  if (verdict?.value.healthState === 'compromised') return 'compromised';
  // Graph: the threat partner found the device compromised, and its user cannot easily remediate.
  if (threats.some((each) => each.level === 'high' && each.repairableBy === 'administrator')) {
    return 'compromised';
  }
  const isDeactivated =
    deactivated !== undefined && !(activated !== undefined && isAfter(activated, deactivated));
  if (isDeactivated) return 'deactivated';
  // After a deactivation the app must assess the device again, because the device may have changed since.
  const isVerdictCurrent =
    verdict !== undefined && (deactivated === undefined || isAfter(verdict, deactivated));
  if (isVerdictCurrent && verdict.value.healthState === 'misconfigured') return 'misconfigured';
  if (isVerdictCurrent) return 'assessed';
  return activated === undefined ? 'unknown' : 'activated';
}

function isPending({ activated, verdict }: Device, appHealth: AppHealth): boolean {
  if (appHealth === 'activated') return true;
  const wasPending = verdict === undefined || (activated && isAfter(activated, verdict));
  return appHealth === 'deactivated' && activated !== undefined && wasPending === true;
}

function isAfter(
  a: { readonly observedDateTime: string; readonly signalId: string },
  b: { readonly observedDateTime: string; readonly signalId: string },
): boolean {
  return a.observedDateTime === b.observedDateTime
    ? a.signalId > b.signalId
    : a.observedDateTime > b.observedDateTime;
}

/** Graph's state of a device with this health and level. */
export function threatStateOf(
  appHealth: AppHealth,
  level: ThreatLevel | undefined,
): PartnerReportedThreatState {
  if (appHealth === 'compromised') return 'compromised';
  // The state of the app must not hide a known threat.
  if (level !== undefined && level !== 'secured') return toThreatState(level);
  return appHealth === 'assessed' ? 'secured' : appHealth;
}

/** The worst level of each defence among these threats; `secured` for one without any. */
export function worstByDefence(threats: readonly Threat[]): Record<Defence, ThreatLevel> {
  const levelOf = (defence: Defence): ThreatLevel =>
    worst(threats.filter(({ defences }) => defences.includes(defence)).map(({ level }) => level)) ??
    'secured';
  return {
    physical: levelOf('physical'),
    network: levelOf('network'),
    application: levelOf('application'),
    vulnerability: levelOf('vulnerability'),
  };
}

function verdictReasons({ verdict }: Device): readonly Reason[] {
  if (verdict === undefined || verdict.value.riskLevel === 'minimal') return [];
  const message = `SEP Mobile reports the risk of the device as ${verdict.value.riskLevel}`;
  return [{ code: 'riskLevelReported', message }];
}

import { DEFAULT_SOURCE_ID, type EventSource } from '../vocabulary/eventSource.ts';
import { worst, type PartnerReportedThreatState } from '../vocabulary/threat.ts';
import {
  threatStateOf,
  worstByDefence,
  type AppHealth,
  type RiskAssessment,
  type Threat,
} from './assessRisk.ts';

/** The risk of a device by the reports of one source. */
export interface SourceRisk {
  readonly source: Pick<EventSource, 'id' | 'displayName'>;
  /** Whether the device needs an assessment by this source. */
  readonly isRequired: boolean;
  readonly risk: RiskAssessment;
}

/** The risk by all sources, and whose word on the health of its app counts. */
export interface CombinedRisk extends RiskAssessment {
  /** Absent for SEP Mobile's own source. */
  readonly healthSource?: Pick<EventSource, 'id' | 'displayName'>;
}

/** Worst first. A source that is not required and knows nothing has no say. */
const HEALTH_BADNESS: readonly AppHealth[] = [
  'compromised',
  'deactivated',
  'misconfigured',
  'activated',
  'unknown',
  'assessed',
];

/**
 * The risk of a device that several sources report on: the worst of them counts. Each reason names its source.
 * INVARIANT: one more source, or a worse report of one, never improves the risk.
 */
export function combineRisks(risks: readonly SourceRisk[]): CombinedRisk {
  const [first, ...others] = risks;
  if (first === undefined) return NOTHING_KNOWN;
  if (others.length === 0 && first.source.id === DEFAULT_SOURCE_ID) return first.risk;
  const named = risks.map((each) => ({ ...each, risk: withSource(each) }));
  const health = healthOf(named) ?? first;
  const threatLevel = worst(named.flatMap(({ risk }) => risk.threatLevel ?? []));
  const { appHealth, isAssessmentPending } = health.risk;
  const threats = named.flatMap(({ risk }) => risk.threats);
  return {
    appHealth,
    isAssessmentPending,
    ...(threatLevel === undefined ? {} : { threatLevel }),
    byDefence: worstByDefence(threats),
    threats,
    threatState: threatStateOf(appHealth, threatLevel),
    reasons: named.flatMap(({ risk }) => risk.reasons),
    ...(health.source.id === DEFAULT_SOURCE_ID ? {} : { healthSource: health.source }),
  };
}

/** Every source is disabled. */
const NOTHING_KNOWN: CombinedRisk = {
  appHealth: 'unknown',
  isAssessmentPending: false,
  byDefence: worstByDefence([]),
  threats: [],
  threatState: 'unknown' satisfies PartnerReportedThreatState,
  reasons: [],
};

function withSource({ source, risk }: SourceRisk): RiskAssessment {
  if (source.id === DEFAULT_SOURCE_ID) return risk;
  const threats = risk.threats.map((threat): Threat => ({
    ...threat,
    reason: named(threat.reason, source),
  }));
  const reasonsOfThreats = new Set(risk.threats.map(({ reason }) => reason));
  const others = risk.reasons.filter((reason) => !reasonsOfThreats.has(reason));
  return {
    ...risk,
    threats,
    reasons: [
      ...others.map((reason) => ({
        ...reason,
        message: reason.message.replace('SEP Mobile', source.displayName),
        sourceId: source.id,
      })),
      ...threats.map(({ reason }) => reason),
    ],
  };
}

function named(reason: Threat['reason'], source: SourceRisk['source']): Threat['reason'] {
  const message = `${reason.message} (reported by ${source.displayName})`;
  return { ...reason, message, sourceId: source.id };
}

function healthOf(risks: readonly SourceRisk[]): SourceRisk | undefined {
  const speaking = risks.filter(
    ({ risk, isRequired }) => isRequired || risk.appHealth !== 'unknown',
  );
  return speaking.toSorted((a, b) => badness(a) - badness(b))[0];
}

function badness({ risk: { appHealth, isAssessmentPending } }: SourceRisk): number {
  // Before its first assessment is complete no setting allows the device.
  if (isAssessmentPending && appHealth !== 'compromised') return 0.5;
  return HEALTH_BADNESS.indexOf(appHealth);
}

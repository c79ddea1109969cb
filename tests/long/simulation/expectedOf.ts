import type { Ceiling, SimulatedEvent } from './history.ts';

/**
 * The expected state of a device, from the documented rules and without code of the product: it depends on the set of
 * facts, whatever their order, and on the moment.
 */
export interface Expected {
  readonly complianceState: string;
  /** Empty if any state is acceptable. */
  readonly threatState: string;
}

const LEVELS = ['secured', 'low', 'medium', 'high'];
const LEVEL_OF: Readonly<Record<string, number>> = { minimal: 0, low: 1, medium: 2, high: 3 };
const THREAT_STATES = ['secured', 'lowSeverity', 'mediumSeverity', 'highSeverity'];

interface Rules {
  readonly ceiling: Ceiling;
  readonly windowInMilliseconds: number;
  readonly slackInMilliseconds: number;
}

/** The moment of the question, and the partner's last contact before it. */
interface Moment {
  readonly now: number;
  readonly partnerSeen: number | undefined;
}

/**
 * The acceptable states. Not every heartbeat within the slack is stored, so a device may count as silent up to a slack
 * earlier. Nothing else may differ.
 */
export function expectedOf(
  events: readonly SimulatedEvent[],
  { ceiling, windowInMilliseconds, slackInMilliseconds }: Rules,
  { now, partnerSeen = now }: Moment,
  toSignalId: (event: SimulatedEvent) => string,
): readonly [onTime: Expected, early: Expected] {
  /** The latest fact; of simultaneous ones the worse by `rank`, of equal ones the one with the higher id. */
  const last = (
    wanted: (event: SimulatedEvent) => boolean,
    rank: (event: SimulatedEvent) => number = () => 0,
  ): SimulatedEvent | undefined =>
    events
      .filter(wanted)
      .toSorted(
        (a, b) =>
          a.observed - b.observed ||
          rank(a) - rank(b) ||
          (toSignalId(a) < toSignalId(b) ? -1 : Number(toSignalId(a) > toSignalId(b))),
      )
      .at(-1);
  const isAfter = (a: SimulatedEvent, b: SimulatedEvent): boolean =>
    a.observed === b.observed ? toSignalId(a) > toSignalId(b) : a.observed > b.observed;

  const enrolment = last(({ type }) => type === 'enrolled' || type === 'unenrolled');
  const risk = last(
    ({ type }) => type === 'risk',
    (each) => (each.type === 'risk' ? (LEVEL_OF[each.riskLevel] ?? 0) : 0),
  );
  const activated = last(({ type }) => type === 'activated');
  const deactivated = last(({ type }) => type === 'deactivated');
  const incidentIds = new Set(
    events.flatMap((each) => (each.type === 'incident' ? [each.incidentId] : [])),
  );
  const open = [...incidentIds]
    .map((id) =>
      last(
        (each) => each.type === 'incident' && each.incidentId === id,
        (each) => (each.type === 'incident' && each.status === 'resolved' ? 1 : 0),
      ),
    )
    .flatMap((each) =>
      each?.type === 'incident' && each.status === 'open' ? [each.severity] : [],
    );

  const levels = [
    ...(risk?.type === 'risk' ? [LEVEL_OF[risk.riskLevel] ?? 0] : []),
    ...open.map((severity) => LEVELS.indexOf(severity)),
  ];
  const level = levels.length === 0 ? undefined : Math.max(...levels);
  const isDeactivated =
    deactivated !== undefined && !(activated !== undefined && isAfter(activated, deactivated));
  const isAssessed =
    !isDeactivated &&
    risk !== undefined &&
    (deactivated === undefined || isAfter(risk, deactivated));
  const health = isDeactivated
    ? 'deactivated'
    : isAssessed
      ? 'secured'
      : activated === undefined
        ? 'unknown'
        : 'activated';

  // Only what a device does itself is a contact, not what others report, judge or close.
  const contacts = events.filter(({ type }) => type === 'activated' || type === 'heartbeat');
  const assessments = events.filter(
    (each) => each.type === 'risk' || (each.type === 'incident' && each.status === 'open'),
  );
  const lastSeen =
    contacts.length > 0
      ? Math.max(...contacts.map(({ observed }) => observed))
      : Math.min(...assessments.map(({ observed }) => observed));
  // While the partner is silent, a silent device looks like one whose events do not arrive.
  const clock = Math.min(now, partnerSeen);
  const isSilentIfKept = (kept: number): boolean =>
    contacts.length + assessments.length > 0 && clock > kept + windowInMilliseconds;
  const earliestKept = lastSeen - Math.max(0, slackInMilliseconds - 1);
  const hasThreat = level !== undefined && level > 0;
  const isTooBad = level !== undefined && level > LEVELS.indexOf(ceiling);
  const stateIf = (isSilent: boolean): Expected =>
    enrolment?.type === 'enrolled'
      ? {
          complianceState: !isSilent && isAssessed && !isTooBad ? 'compliant' : 'noncompliant',
          threatState: hasThreat
            ? (THREAT_STATES[level] ?? '')
            : isSilent
              ? 'unresponsive'
              : health,
        }
      : { complianceState: 'unknown', threatState: '' };
  return [stateIf(isSilentIfKept(lastSeen)), stateIf(isSilentIfKept(earliestKept))];
}

import type { Ceiling, SimulatedEvent } from './history.ts';

/**
 * What a device must be in the end, written down from the rules of the README and from nothing of the product: a set of
 * facts, whatever the order in which they came, and a moment.
 */
export interface Expected {
  readonly complianceState: string;
  /** Absent where nobody is told of it. */
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

/** When it is asked, and when the partner was last heard before that. */
interface Moment {
  readonly now: number;
  readonly partnerHeard: number | undefined;
}

/**
 * What it may be: of heartbeats within the slack of one another not each is kept, so that a device may be called silent
 * earlier by less than the slack, and need not. The two differ in nothing else.
 */
export function expectedOf(
  events: readonly SimulatedEvent[],
  { ceiling, windowInMilliseconds, slackInMilliseconds }: Rules,
  { now, partnerHeard = now }: Moment,
  toSignalId: (event: SimulatedEvent) => string,
): readonly [onTime: Expected, early: Expected] {
  /** The last of these: of one moment the worse one by `rank`, of two alike the one with the higher id. */
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

  // A device is heard of by what it does itself, not by what somebody closes or says about it.
  const signsOfLife = events.filter(
    (each) =>
      ['activated', 'heartbeat', 'risk'].includes(each.type) ||
      (each.type === 'incident' && each.status === 'open'),
  );
  const lastSeen = Math.max(...signsOfLife.map(({ observed }) => observed));
  // While the partner is not heard, nobody can tell a silent device from one that nothing is passed on of.
  const clock = Math.min(now, partnerHeard);
  const isSilentIfKept = (kept: number): boolean =>
    signsOfLife.length > 0 && clock > kept + windowInMilliseconds;
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

import { createDice } from '../../../support/createDice.ts';
import { createBreakerEnding, createSilentFleet } from './createBreaker.ts';
import { createChance, type Chance } from './chance.ts';
import { createConditions, type Conditions, type Subject } from './conditions.ts';
import { createEnrolment } from './createEnrolment.ts';
import {
  createOddReport,
  createUndatedActivation,
  createUnresolved,
  FOCUSES,
  withoutDevice,
  type Focus,
} from './createOddReport.ts';
import { createOverflow } from './createOverflow.ts';
import { createSourceEvents } from './createSourceEvents.ts';
import { createSourceEdits, createSourceRules } from './eventSources.ts';
import { createQuestions } from './createQuestions.ts';
import { createRenamed, createRenameEnding } from './createRename.ts';
import {
  ACTIVE_PERIOD,
  BEGINNING,
  CEILINGS,
  MINUTE,
  SECOND,
  type History,
  type PolicyEdit,
} from './history.ts';
import { RISK_LEVELS, SEVERITIES, type SimulatedEvent } from './simulatedEvent.ts';

const MAX_SKEW = 4 * MINUTE;
const MAX_DEVICES = 3;
const MAX_EVENTS = 16;
/** More devices have the shared serial number than are judged for one answer, which is ten. */
const CROWDS = [3, 5, 11, 13, 13];
const MAX_EVENTS_OF_CROWD = 6;
/** How likely a device shares its serial number and its user. */
const SHARED: Readonly<Record<Subject, number>> = {
  plain: 0.5,
  outage: 0.5,
  odd: 0.5,
  crowd: 0.95,
  overflow: 0.5,
  rename: 0.3,
  breaker: 0.3,
  sources: 0,
};
/** The number of devices, where it matters. */
const FLEET: Readonly<Partial<Record<Subject, number>>> = { overflow: 1, rename: 6, breaker: 6 };

/** Depends only on the seed. */
export function createHistory(seed: number): History {
  const chance = createChance(createDice(seed));
  const conditions = createConditions(seed);
  const deviceIds = createDeviceIds(conditions, chance);
  const protection = createProtection(conditions, chance);
  const events = createAllEvents(deviceIds, { conditions, protection }, chance);
  const [first = ''] = deviceIds;
  return {
    seed,
    conditions,
    ...(conditions.subject === 'outage'
      ? { lastWord: toLastWord(events, first, conditions, chance) }
      : {}),
    events: events
      .map((event) => withEnrolment(event, SHARED[conditions.subject], chance))
      .toSorted((a, b) => a.reported - b.reported),
    edits: 'rename' in protection || 'breaker' in protection ? [] : createEdits(chance),
    questions: createQuestions(deviceIds, chance),
    ...protection,
  };
}

function createDeviceIds({ subject }: Conditions, { whole, pick }: Chance): readonly string[] {
  const usual = subject === 'crowd' ? pick(CROWDS) : 1 + whole(MAX_DEVICES);
  const length = FLEET[subject] ?? usual;
  // Entra's ids are GUIDs. Others are opaque.
  const prefix = subject === 'odd' ? 'b5a1c2d3-4e5f-4a6b-8c7d-00000000000' : 'phone-';
  return Array.from({ length }, (_, at) => `${prefix}${String(at)}`);
}

type Protection = Pick<History, 'rename' | 'breaker' | 'sources'>;

/** What happens to a whole fleet at once. */
function createProtection({ subject }: Conditions, chance: Chance): Protection {
  if (subject === 'rename') return { rename: createRenameEnding(chance) };
  if (subject === 'sources')
    return { sources: { rules: createSourceRules(chance), edits: createSourceEdits(chance) } };
  return subject === 'breaker' ? { breaker: createBreakerEnding(chance) } : {};
}

function createAllEvents(
  deviceIds: readonly string[],
  {
    conditions,
    protection: { rename, breaker },
  }: { readonly conditions: Conditions; readonly protection: Protection },
  chance: Chance,
): readonly SimulatedEvent[] {
  if (rename !== undefined) return createRenamed(deviceIds, chance);
  if (breaker !== undefined) return createSilentFleet(deviceIds, breaker, chance);
  if (conditions.subject === 'crowd' && chance.happens(0.6))
    return createHealthy(deviceIds, chance);
  if (conditions.subject === 'sources')
    return deviceIds.flatMap((deviceId) => createSourceEvents(deviceId, chance));
  const focus = chance.pick(FOCUSES);
  return deviceIds.flatMap((deviceId, at) =>
    conditions.subject === 'overflow'
      ? createOverflow(deviceId, chance)
      : createEvents({ deviceId, isFirst: at === 0, focus }, conditions, chance),
  );
}

function createEdits({ whole, pick }: Chance): readonly PolicyEdit[] {
  return Array.from({ length: whole(3) }, () => ({
    at: BEGINNING + whole(ACTIVE_PERIOD),
    ceiling: pick(CEILINGS),
  })).toSorted((a, b) => a.at - b.at);
}

function createEvents(
  {
    deviceId,
    isFirst,
    focus,
  }: { readonly deviceId: string; readonly isFirst: boolean; readonly focus: Focus },
  { subject, slackInMilliseconds }: Conditions,
  chance: Chance,
): readonly SimulatedEvent[] {
  const { random, whole } = chance;
  // The slack matters for a device that sends hardly anything but heartbeats.
  const heartbeats = slackInMilliseconds > 0 && isFirst ? 0.85 : 0;
  // A sender's clock has a constant error.
  const skew = Math.floor((random() * 2 - 1) * MAX_SKEW);
  const count = 3 + whole((subject === 'crowd' ? MAX_EVENTS_OF_CROWD : MAX_EVENTS) - 3);
  // Many senders report whole seconds, so two events at the same moment are common.
  const moments = Array.from({ length: count }, () => whole(ACTIVE_PERIOD / MINUTE) * MINUTE);
  return moments.map((moment, at) => {
    const reported = BEGINNING + moment + whole(3) * whole(90) * SECOND;
    const id = `${deviceId}-${String(at)}`;
    const happened = { id, deviceId, observed: BEGINNING + moment + skew, reported };
    if ((subject === 'crowd' || subject === 'odd') && at === 2)
      return { ...happened, type: 'risk', riskLevel: 'minimal' };
    const scene =
      subject === 'odd' ? createScene(happened, at, { ...chance, focus, skew }) : undefined;
    return (
      scene ??
      toEvent(happened, at, {
        ...chance,
        heartbeats,
        focus,
        odd: subject === 'odd' ? 0.9 : 0,
      })
    );
  });
}

/** Healthy devices, of which one at most has an incident. */
function createHealthy(
  deviceIds: readonly string[],
  { whole, happens, pick }: Chance,
): readonly SimulatedEvent[] {
  const bad = happens(0.5) ? pick(deviceIds) : undefined;
  return deviceIds.flatMap((deviceId): readonly SimulatedEvent[] => {
    const moment = BEGINNING + whole(ACTIVE_PERIOD);
    const at = (number: number): Happened => ({
      id: `${deviceId}-${String(number)}`,
      deviceId,
      observed: moment,
      reported: moment,
    });
    const incident = { type: 'incident', incidentId: deviceId, severity: 'high' } as const;
    return [
      { ...at(0), type: 'enrolled' },
      { ...at(1), type: 'activated' },
      { ...at(2), type: 'risk', riskLevel: 'minimal' },
      ...(deviceId === bad ? [{ ...at(3), ...incident, status: 'open' } as const] : []),
    ];
  });
}

type Happened = Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'>;

/** The fourth and the fifth event of a device: something bad, and later than all others something that must not end it. */
function createScene(
  happened: Happened,
  at: number,
  { focus, skew, ...chance }: Chance & { readonly focus: Focus; readonly skew: number },
): SimulatedEvent | undefined {
  const end = BEGINNING + ACTIVE_PERIOD;
  const late = { ...happened, observed: end + skew, reported: end };
  if (focus === 'risk' && at === 3)
    return { ...happened, type: 'risk', riskLevel: 'high', health: 'compromised' };
  if (focus === 'risk' && at === 4) return createOddReport(late, chance, 'mild');
  if (focus === 'incident' && at === 3) return createUnresolved(happened, chance);
  if (focus === 'app' && at === 3) return { ...happened, type: 'deactivated' };
  return focus === 'app' && at === 4 ? createUndatedActivation(late, chance) : undefined;
}

/** The shares of additional heartbeats, and of reports that a sender of another version may write. */
type Tendency = Chance & {
  readonly heartbeats: number;
  readonly odd: number;
  readonly focus: Focus;
};

function toEvent(happened: Happened, at: number, tendency: Tendency): SimulatedEvent {
  const { random, pick, happens, heartbeats, odd } = tendency;
  // An operator's change happens when it is reported, by our own clock.
  const ours = { ...happened, observed: happened.reported };
  if (at === 0) return { ...ours, type: 'enrolled' };
  if (at === 1) return { ...happened, type: 'activated' };
  if (heartbeats > 0 && happens(heartbeats)) return { ...happened, type: 'heartbeat' };
  if (odd > 0 && happens(odd)) return createOddReport(happened, tendency, tendency.focus);
  const dice = random();
  if (dice < 0.35) return { ...happened, type: 'risk', riskLevel: pick(RISK_LEVELS) };
  if (dice < 0.75) return { ...happened, ...createIncident(happened.deviceId, tendency) };
  if (dice < 0.8) return { ...happened, type: 'deactivated' };
  if (dice < 0.87) return { ...happened, type: 'activated' };
  if (dice < 0.93) return { ...happened, type: 'heartbeat' };
  if (odd > 0 && happens(0.3))
    return withoutDevice({ ...happened, type: 'risk', riskLevel: 'high' }, tendency);
  return { ...ours, type: pick(['enrolled', 'unenrolled']) };
}

function createIncident(
  deviceId: string,
  { pick }: Chance,
): Pick<
  SimulatedEvent & { readonly type: 'incident' },
  'type' | 'incidentId' | 'severity' | 'status'
> {
  return {
    type: 'incident',
    incidentId: `${deviceId}-incident-${pick(['a', 'b'])}`,
    severity: pick(SEVERITIES),
    status: pick(['open', 'resolved']),
  };
}

function withEnrolment(event: SimulatedEvent, shared: number, chance: Chance): SimulatedEvent {
  return event.type === 'enrolled'
    ? { ...event, enrolment: createEnrolment(event.deviceId, chance, shared) }
    : event;
}

/** Exactly the deadline of a device, with or without the slack, or a millisecond later. */
function toLastWord(
  events: readonly SimulatedEvent[],
  deviceId: string,
  { windowInMilliseconds, slackInMilliseconds }: Conditions,
  { pick }: Chance,
): number {
  const seen = events.filter(
    (each) =>
      each.deviceId === deviceId && (each.type === 'activated' || each.type === 'heartbeat'),
  );
  const lastSeen = Math.max(...seen.map(({ observed }) => observed));
  return (
    lastSeen +
    windowInMilliseconds -
    pick([0, slackInMilliseconds, slackInMilliseconds]) +
    pick([0, 1])
  );
}

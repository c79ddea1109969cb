import { createDice } from '../../support/createDice.ts';
import { createConditions, type Conditions } from './conditions.ts';

export const RISK_LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
type RiskLevel = (typeof RISK_LEVELS)[number];
export const SEVERITIES = ['low', 'medium', 'high'] as const;
type Severity = (typeof SEVERITIES)[number];
const CEILINGS = ['secured', 'low', 'medium', 'high'] as const;
export type Ceiling = (typeof CEILINGS)[number];

/** Something that happened, at a time by its sender's clock. */
interface Happened {
  readonly id: string;
  readonly deviceId: string;
  /** When it happened, in milliseconds since 1970. */
  readonly observed: number;
  /** When it is first reported, possibly after later events. */
  readonly reported: number;
}

export type SimulatedEvent =
  | (Happened & { readonly type: 'enrolled' | 'unenrolled' })
  | (Happened & { readonly type: 'activated' | 'deactivated' | 'heartbeat' })
  | (Happened & { readonly type: 'risk'; readonly riskLevel: RiskLevel })
  | (Happened & {
      readonly type: 'incident';
      readonly incidentId: string;
      readonly severity: Severity;
      readonly status: 'open' | 'resolved';
    });

/** An operator's change of the policy. */
interface PolicyEdit {
  readonly at: number;
  readonly ceiling: Ceiling;
}

export interface History {
  readonly seed: number;
  readonly conditions: Conditions;
  /** The partner's last heartbeat before its outage; absent without an outage. */
  readonly lastWord?: number;
  readonly events: readonly SimulatedEvent[];
  readonly edits: readonly PolicyEdit[];
}

export const BEGINNING = Date.parse('2026-01-01T12:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The period of all first reports. */
export const ACTIVE_PERIOD = 15 * MINUTE;
const MAX_SKEW = 4 * MINUTE;
const MAX_DEVICES = 3;
const MAX_EVENTS = 16;

/** Depends only on the seed. */
export function createHistory(seed: number): History {
  const random = createDice(seed);
  const conditions = createConditions(seed);
  const whole = (top: number): number => Math.floor(random() * top);
  const pick = <T>(items: readonly T[]): T => items[whole(items.length)] as T;
  const events: SimulatedEvent[] = [];
  const devices = Array.from({ length: 1 + whole(MAX_DEVICES) }, (_, at) => `phone-${String(at)}`);
  for (const deviceId of devices) {
    // The slack matters for a device that sends hardly anything but heartbeats.
    const isQuiet = conditions.slackInMilliseconds > 0 && deviceId === devices[0];
    const heartbeats = isQuiet ? 0.85 : 0;
    // A sender's clock has a constant error.
    const skew = Math.floor((random() * 2 - 1) * MAX_SKEW);
    const count = 3 + whole(MAX_EVENTS - 3);
    // Many senders report whole seconds, so two events at the same moment are common.
    const moments = Array.from({ length: count }, () => whole(ACTIVE_PERIOD / MINUTE) * MINUTE);
    moments.forEach((moment, at) => {
      const reported = BEGINNING + moment + whole(3) * whole(90) * SECOND;
      const id = `${deviceId}-${String(at)}`;
      const happened = { id, deviceId, observed: BEGINNING + moment + skew, reported };
      events.push(toEvent(happened, at, { random, pick, heartbeats }));
    });
  }
  const edits = Array.from({ length: whole(3) }, () => ({
    at: BEGINNING + whole(ACTIVE_PERIOD),
    ceiling: pick(CEILINGS),
  })).toSorted((a, b) => a.at - b.at);
  return {
    seed,
    conditions,
    ...(conditions.hasOutage
      ? { lastWord: toLastWord(events, devices[0] ?? '', conditions, pick) }
      : {}),
    events: events.toSorted((a, b) => a.reported - b.reported),
    edits,
  };
}

type Pick = <T>(items: readonly T[]) => T;

/** Exactly the deadline of a device, with or without the slack, or a millisecond later. */
function toLastWord(
  events: readonly SimulatedEvent[],
  deviceId: string,
  { windowInMilliseconds, slackInMilliseconds }: Conditions,
  pick: Pick,
): number {
  const seen = events.filter(
    ({ deviceId: id, type }) => id === deviceId && (type === 'activated' || type === 'heartbeat'),
  );
  const lastSeen = Math.max(...seen.map(({ observed }) => observed));
  return (
    lastSeen +
    windowInMilliseconds -
    pick([0, slackInMilliseconds, slackInMilliseconds]) +
    pick([0, 1])
  );
}

interface Chance {
  readonly random: () => number;
  readonly pick: Pick;
  /** The share of additional heartbeats. */
  readonly heartbeats: number;
}

function toEvent(
  happened: Happened,
  at: number,
  { random, pick, heartbeats }: Chance,
): SimulatedEvent {
  // An operator's change happens when it is reported, by our own clock.
  const ours = { ...happened, observed: happened.reported };
  if (at === 0) return { ...ours, type: 'enrolled' };
  if (at === 1) return { ...happened, type: 'activated' };
  if (heartbeats > 0 && random() < heartbeats) return { ...happened, type: 'heartbeat' };
  const dice = random();
  if (dice < 0.35) return { ...happened, type: 'risk', riskLevel: pick(RISK_LEVELS) };
  if (dice < 0.75)
    return {
      ...happened,
      type: 'incident',
      incidentId: `${happened.deviceId}-incident-${pick(['a', 'b'])}`,
      severity: pick(SEVERITIES),
      status: pick(['open', 'resolved']),
    };
  if (dice < 0.8) return { ...happened, type: 'deactivated' };
  if (dice < 0.87) return { ...happened, type: 'activated' };
  if (dice < 0.93) return { ...happened, type: 'heartbeat' };
  return { ...ours, type: pick(['enrolled', 'unenrolled']) };
}

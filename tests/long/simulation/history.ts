import { createDice } from '../../support/dice.ts';
import { createConditions, type Conditions } from './conditions.ts';

export const RISK_LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
type RiskLevel = (typeof RISK_LEVELS)[number];
export const SEVERITIES = ['low', 'medium', 'high'] as const;
type Severity = (typeof SEVERITIES)[number];
const CEILINGS = ['secured', 'low', 'medium', 'high'] as const;
export type Ceiling = (typeof CEILINGS)[number];

/** Something that happened, at a time by the clock of whoever tells it. */
interface Happened {
  readonly id: string;
  readonly deviceId: string;
  /** When it was so. */
  readonly observed: number;
  /** When it is told for the first time: it may be later than what happened after it. */
  readonly told: number;
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
  /** When the partner is heard before its outage, by whatever is about no device; absent where it has none. */
  readonly lastWord?: number;
  readonly events: readonly SimulatedEvent[];
  readonly edits: readonly PolicyEdit[];
}

export const BEGINNING = Date.parse('2026-01-01T12:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** In which everything happens for the first time. */
export const ACTIVE_PERIOD = 15 * MINUTE;
const MAX_SKEW = 4 * MINUTE;
const MAX_DEVICES = 3;
const MAX_EVENTS = 16;

/** The same for each seed. */
export function createHistory(seed: number): History {
  const random = createDice(seed);
  const conditions = createConditions(seed);
  const whole = (top: number): number => Math.floor(random() * top);
  const pick = <T>(items: readonly T[]): T => items[whole(items.length)] as T;
  const events: SimulatedEvent[] = [];
  const devices = Array.from({ length: 1 + whole(MAX_DEVICES) }, (_, at) => `phone-${String(at)}`);
  for (const deviceId of devices) {
    // What the slack is about: a device that has nothing else to say, beside others that have.
    const isQuiet = conditions.slackInMilliseconds > 0 && deviceId === devices[0];
    const heartbeats = isQuiet ? 0.85 : 0;
    // A sender's clock is wrong by as much for all that it says.
    const skew = Math.floor((random() * 2 - 1) * MAX_SKEW);
    const count = 3 + whole(MAX_EVENTS - 3);
    // Many senders tell whole seconds: two things of one moment are nothing rare.
    const moments = Array.from({ length: count }, () => whole(ACTIVE_PERIOD / MINUTE) * MINUTE);
    moments.forEach((moment, at) => {
      const told = BEGINNING + moment + whole(3) * whole(90) * SECOND;
      const id = `${deviceId}-${String(at)}`;
      const happened = { id, deviceId, observed: BEGINNING + moment + skew, told };
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
    events: events.toSorted((a, b) => a.told - b.told),
    edits,
  };
}

type Pick = <T>(items: readonly T[]) => T;

/** To the millisecond where the time of one of the devices is up, or where it may be with the slack. */
function toLastWord(
  events: readonly SimulatedEvent[],
  deviceId: string,
  { windowInMilliseconds, slackInMilliseconds }: Conditions,
  pick: Pick,
): number {
  const seen = events.filter(
    (each) => each.deviceId === deviceId && !['enrolled', 'unenrolled'].includes(each.type),
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
  /** The share of what happens that is a heartbeat, beside those among the rest. */
  readonly heartbeats: number;
}

function toEvent(
  happened: Happened,
  at: number,
  { random, pick, heartbeats }: Chance,
): SimulatedEvent {
  // What an operator says is said at our own clock, at that very moment.
  const ours = { ...happened, observed: happened.told };
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

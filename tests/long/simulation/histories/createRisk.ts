import type { Chance } from './chance.ts';
import { ABSENT, toOddCase, UNKNOWN_WORDS } from './oddValues.ts';
import { RISK_LEVELS, type EventOf, type RiskLevel } from './simulatedEvent.ts';

/** What an event means beside its time, and the data that say it. */
export type Said<T> = T & { readonly data: Readonly<Record<string, unknown>> };

export type SaidRisk = { readonly eventType: unknown } & (
  | Said<Pick<EventOf<'risk'>, 'type' | 'riskLevel' | 'health' | 'isDoubtful'>>
  | Said<Pick<EventOf<'unreadable'>, 'type' | 'kind'>>
);

type Health = 'compromised' | 'misconfigured';

/** An event of another type about a risk counts as bad news only, and as the worst. */
const UNKNOWN_TYPES: readonly unknown[] = ['sepmobile.device.assessed', 'risk', '', null, 5, {}];

interface Part<T> {
  readonly meaning: T;
  readonly written: unknown;
  readonly isDoubtful?: true;
}

/** A risk as a sender of another version may write it. An unknown word counts as the worst. */
export function createOddRisk(chance: Chance): SaidRisk {
  const level = createLevel(chance);
  const health = createHealth(chance);
  const data = { riskLevel: level.written, healthState: health.written };
  const isTypeKnown = level.meaning === undefined || !chance.happens(0.4);
  const eventType = isTypeKnown ? 'sepmobile.device.risk' : chance.pick(UNKNOWN_TYPES);
  if (level.meaning === undefined && health.meaning === undefined)
    return { type: 'unreadable', kind: 'risk', data, eventType };
  // Something good about nobody knows what is no good news.
  if (!isTypeKnown && level.meaning === 'minimal' && health.meaning === undefined)
    return { type: 'unreadable', kind: 'event', data, eventType };
  return {
    type: 'risk',
    // A report of the health alone says nothing good about the level.
    riskLevel: isTypeKnown ? (level.meaning ?? 'high') : 'high',
    ...(health.meaning === undefined ? {} : { health: health.meaning }),
    ...((level.isDoubtful ?? health.isDoubtful ?? (level.meaning === undefined || !isTypeKnown))
      ? { isDoubtful: true }
      : {}),
    data,
    eventType,
  };
}

/** Something little of an event of an unknown type. It counts as the worst, and replaces nothing worse. */
export function createMildRisk({ pick }: Chance): SaidRisk {
  const data = { riskLevel: 'low' };
  return {
    type: 'risk',
    riskLevel: 'high',
    isDoubtful: true,
    data,
    eventType: pick(UNKNOWN_TYPES),
  };
}

function createLevel({ random, pick }: Chance): Part<RiskLevel | undefined> {
  const level = pick(RISK_LEVELS);
  const dice = random();
  if (dice < 0.15) return { meaning: undefined, written: pick(ABSENT) };
  if (dice < 0.45) return { meaning: 'high', written: pick(UNKNOWN_WORDS), isDoubtful: true };
  return { meaning: level, written: dice < 0.6 ? pick(toOddCase)(level) : level };
}

function createHealth({ random, pick }: Chance): Part<Health | undefined> {
  const dice = random();
  if (dice < 0.6) return { meaning: undefined, written: pick(ABSENT) };
  if (dice < 0.75)
    return { meaning: 'compromised', written: pick(UNKNOWN_WORDS), isDoubtful: true };
  const health = pick(['compromised', 'misconfigured'] as const);
  return { meaning: health, written: dice < 0.85 ? pick(toOddCase)(health) : health };
}

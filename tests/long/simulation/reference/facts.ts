import type { EventOf, SimulatedEvent } from '../histories/simulatedEvent.ts';

/** An event at the time at which it counts. */
export type Fact = SimulatedEvent & { readonly signalId: string };
export type FactOf<T extends SimulatedEvent['type']> = EventOf<T> & { readonly signalId: string };

/**
 * The facts in the events of a device. An event without a usable time counts at each of its arrivals, as bad news: it
 * might be older than all that is known, so it ends nothing. It counts as the worst, since less could replace worse.
 */
export function toFacts(
  events: readonly SimulatedEvent[],
  toSignalId: (event: SimulatedEvent) => string,
  arrivalsOf: (event: SimulatedEvent) => readonly number[],
): readonly Fact[] {
  return events.flatMap((event): readonly Fact[] => {
    const signalId = toSignalId(event);
    if (event.isUndated !== true) return [{ ...event, signalId }];
    const bad = badNewsOf(event);
    if (bad === undefined) return [];
    return arrivalsOf(event).map((observed) => ({ ...bad, observed, signalId, isDoubtful: true }));
  });
}

function badNewsOf(event: SimulatedEvent): SimulatedEvent | undefined {
  switch (event.type) {
    case 'deactivated':
    case 'unreadable':
      return event;
    case 'risk':
      return event.riskLevel === 'minimal' && event.health === undefined
        ? undefined
        : { ...event, riskLevel: 'high' };
    case 'incident':
      return event.status === 'open' ? { ...event, severity: 'high' } : undefined;
    case 'telemetry': {
      const bad = Object.entries(event.reports).filter(([, { findings }]) => findings.length > 0);
      if (bad.length === 0 && event.unreadable.length === 0) return undefined;
      // A report without a time could replace worse news of its defence, so that counts as unreadable too.
      return {
        ...event,
        reports: Object.fromEntries(
          bad.map(([name, report]) => [name, { ...report, isDoubtful: true }]),
        ),
        unreadable: [
          ...event.unreadable,
          ...(bad.map(([name]) => name) as typeof event.unreadable),
        ],
      };
    }
    default:
      return undefined;
  }
}

export function isOf<T extends SimulatedEvent['type']>(
  ...types: readonly T[]
): (fact: Fact) => fact is FactOf<T> & Fact {
  return (fact): fact is FactOf<T> & Fact => types.some((type) => type === fact.type);
}

/** The latest fact; of simultaneous ones the worse by `rank`, of equal ones the one with the higher id. */
export function lastOf<T extends Fact>(
  facts: readonly T[],
  rank: (fact: T) => number = () => 0,
): T | undefined {
  return facts
    .toSorted(
      (a, b) => a.observed - b.observed || rank(a) - rank(b) || compareIds(a.signalId, b.signalId),
    )
    .at(-1);
}

/** Whether `a` is later; of simultaneous facts the one with the higher id is. */
export function isAfter(a: Fact, b: Fact): boolean {
  return a.observed === b.observed ? a.signalId > b.signalId : a.observed > b.observed;
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

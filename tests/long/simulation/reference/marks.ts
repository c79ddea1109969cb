import { DEFENCES, type Defence } from '../histories/simulatedEvent.ts';
import { isOf, lastOf, type Fact } from './facts.ts';
import { lastKnownVerdict } from './verdict.ts';

/**
 * Whether bad news came that cannot be read, and no readable report of its kind since. The kind of an unknown event is
 * not known, so a readable report of any kind will do.
 */
export function hasUnreadableReport(facts: readonly Fact[]): boolean {
  const marks = [
    ...facts.filter(isOf('unreadable')).map(({ kind, observed }) => ({ kind, observed })),
    ...facts
      .filter(isOf('telemetry'))
      .flatMap(({ unreadable, observed }) => unreadable.map((kind) => ({ kind, observed }))),
  ];
  return marks.some(({ kind, observed }) => !(readableSince(facts, kind) >= observed));
}

function readableSince(
  facts: readonly Fact[],
  kind: 'event' | 'risk' | 'incident' | Defence,
): number {
  if (kind === 'event')
    return Math.max(
      ...(['risk', 'incident', ...DEFENCES] as const).map((each) => readableSince(facts, each)),
    );
  if (kind === 'risk') return lastKnownVerdict(facts)?.observed ?? -Infinity;
  if (kind === 'incident') return lastOf(facts.filter(isOf('incident')))?.observed ?? -Infinity;
  const last = lastOf(facts.filter(isOf('telemetry')).filter(({ reports }) => kind in reports));
  return last?.reports[kind]?.isDoubtful === false ? last.observed : -Infinity;
}

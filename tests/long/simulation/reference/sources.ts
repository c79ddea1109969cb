import type { SourceRule } from '../histories/eventSources.ts';
import { isOf, type Fact } from './facts.ts';
import { openIncidentsOf, type Threat } from './threats.ts';
import { appHealthOf, LEVEL_OF, verdictOf } from './verdict.ts';

const HOUR = 60 * 60 * 1000;

/** What an enabled source says about a device. */
export interface SourceWord {
  readonly health: ReturnType<typeof appHealthOf>;
  readonly level: number;
  readonly threats: readonly Threat[];
}

/** The worst first. A source that knows nothing has a say only if the device needs its assessment. */
const BADNESS: readonly SourceWord['health'][] = [
  'compromised',
  'activated',
  'deactivated',
  'misconfigured',
  'unknown',
  'secured',
];

/**
 * What all enabled sources say together: the worst of them counts, and each speaks for itself. A disabled one says nothing,
 * whatever it reported.
 */
export function combinedWordOf(
  facts: readonly Fact[],
  sources: readonly SourceRule[],
  now: number,
): SourceWord {
  const own = wordOf(facts.filter(({ sourceId }) => sourceId === undefined));
  const others = sources
    .filter(({ isEnabled }) => isEnabled)
    .map((source) => ({
      source,
      word: wordOf(lastingFacts(facts, source, now)),
    }));
  const speaking = new Set([
    ...(own.health === 'unknown' ? [] : [own.health]),
    ...others
      .filter(({ source, word }) => source.isRequired || word.health !== 'unknown')
      .map(({ word }) => word.health),
  ]);
  const all = [own, ...others.map(({ word }) => word)];
  return {
    health: BADNESS.find((each) => speaking.has(each)) ?? 'unknown',
    level: Math.max(...all.map(({ level }) => level)),
    threats: all.flatMap(({ threats }) => threats),
  };
}

/** A detection that its source never ends counts for a time, from the last report of it. */
function lastingFacts(
  facts: readonly Fact[],
  { id, lifetimeInHours }: SourceRule,
  now: number,
): readonly Fact[] {
  const own = facts.filter(({ sourceId }) => sourceId === id);
  const incidents = own.filter(isOf('incident'));
  const lasts = (incidentId: string): boolean =>
    incidents.some(
      (each) =>
        each.incidentId === incidentId &&
        (each.isDetection !== true || each.observed + lifetimeInHours * HOUR > now),
    );
  return own.filter((fact) => !isOf('incident')(fact) || lasts(fact.incidentId));
}

function wordOf(facts: readonly Fact[]): SourceWord {
  const threats = openIncidentsOf(facts);
  const verdict = verdictOf(facts);
  return {
    health: appHealthOf(facts, false),
    level: Math.max(
      0,
      verdict === undefined ? 0 : (LEVEL_OF[verdict.riskLevel] ?? 0),
      ...threats.map(({ level }) => level),
    ),
    threats,
  };
}

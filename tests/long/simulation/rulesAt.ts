import { rulesAfter } from './histories/eventSources.ts';
import type { History } from './histories/history.ts';
import type { Rules } from './reference/expectedOf.ts';
import { FIRST_CEILING, hasStrictPolicy } from './writeConfiguration.ts';

/** The rules of every configuration that was in force between these moments. */
export function rulesAt(history: History, from: number, to: number): readonly Rules[] {
  const { edits, sources } = history;
  const changes = [...edits, ...(sources?.edits ?? [])].map(({ at }) => at);
  return [from, ...changes.filter((at) => at > from && at <= to)]
    .toSorted((a, b) => a - b)
    .map((moment) => rulesOf(history, moment));
}

function rulesOf({ conditions, edits, sources }: History, moment: number): Rules {
  const done = <T extends { readonly at: number }>(all: readonly T[]): readonly T[] =>
    all.filter(({ at }) => at <= moment);
  return {
    ...conditions,
    ceiling: done(edits).at(-1)?.ceiling ?? FIRST_CEILING,
    hasStrictPolicy: hasStrictPolicy(conditions.subject),
    ...(sources === undefined ? {} : { sources: rulesAfter(sources.rules, done(sources.edits)) }),
  };
}

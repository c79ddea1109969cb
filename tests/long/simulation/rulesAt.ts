import type { History } from './histories/history.ts';
import type { Rules } from './reference/expectedOf.ts';
import { FIRST_CEILING, hasStrictPolicy } from './writeConfiguration.ts';

/** The rules of every configuration that was in force between these moments. */
export function rulesAt(
  { conditions, edits }: History,
  from: number,
  to: number,
): readonly Rules[] {
  const before = edits.findLast(({ at }) => at <= from)?.ceiling ?? FIRST_CEILING;
  const during = edits.filter(({ at }) => at > from && at <= to).map(({ ceiling }) => ceiling);
  return [...new Set([before, ...during])].map((ceiling) => ({
    ...conditions,
    ceiling,
    hasStrictPolicy: hasStrictPolicy(conditions.subject),
  }));
}

import { reportFaultId } from '../vocabulary/reportFault.ts';
import type { Doubtful } from '../vocabulary/signal.ts';
import type { Fact } from './device.ts';
import { supersedes } from './supersedes.ts';

/** More reports with different unknown words, and none without, than a vendor causes. The latest stay. */
const MAX_DOUBTFUL = 8;

/**
 * The facts that unknown words made doubtful, the latest first: of each set of words the last. A hold or an operator's word
 * may make the latest count for nothing, and then the one before counts. A join, so the order of the reports does not
 * matter.
 */
export function joinDoubtful<T extends Doubtful>(...facts: readonly Fact<T>[]): readonly Fact<T>[] {
  const latest = new Map<string, Fact<T>>();
  for (const fact of facts) {
    const words = wordsOf(fact.value);
    const known = latest.get(words);
    if (known === undefined || supersedes(fact, known)) latest.set(words, fact);
  }
  return [...latest.values()]
    .toSorted((a, b) => (supersedes(a, b) ? -1 : Number(a !== b)))
    .slice(0, MAX_DOUBTFUL);
}

function wordsOf({ faults = [] }: Doubtful): string {
  return faults.map(reportFaultId).toSorted().join(' ');
}

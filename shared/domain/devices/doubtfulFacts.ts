import { reportFaultId } from '../vocabulary/reportFault.ts';
import type { Doubtful } from '../vocabulary/signal.ts';
import type { Fact, Incident, PartnerVerdict } from './device.ts';
import { supersedes } from './supersedes.ts';

/** More reports with different unknown words, and none without, than a vendor causes. The latest stay. */
const MAX_DOUBTFUL = 8;

/**
 * The facts that unknown words made doubtful, the latest first: of each content the last. A hold or an operator's word
 * may make the latest count for nothing, and then the one before counts. A join, so the order of the reports does not
 * matter.
 */
export function joinDoubtful<T extends Doubtful>(...facts: readonly Fact<T>[]): readonly Fact<T>[] {
  const latest = new Map<string, Fact<T>>();
  for (const fact of facts) {
    const content = contentOf(fact.value);
    const known = latest.get(content);
    if (known === undefined || supersedes(fact, known)) latest.set(content, fact);
  }
  return [...latest.values()]
    .toSorted((a, b) => (supersedes(a, b) ? -1 : Number(a !== b)))
    .slice(0, MAX_DOUBTFUL);
}

/** The unknown words, and the known ones that decide beside them: a report read in part must not replace a worse one. */
function contentOf(value: Doubtful): string {
  const { riskLevel, healthState, severity, category } = value as Partial<
    PartnerVerdict & Incident
  >;
  const words = (value.faults ?? []).map(reportFaultId).toSorted();
  return [...words, riskLevel, healthState, severity, category].join(' ');
}

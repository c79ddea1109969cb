import { DEFENCES, type Defence } from '../histories/simulatedEvent.ts';
import { isOf, lastOf, type Fact, type FactOf } from './facts.ts';

/** A level is a number: 0 is secured, 3 is high. */
export interface Threat {
  readonly level: number;
  readonly defences: readonly Defence[];
  readonly isForAdministrator: boolean;
}

const LEVELS = ['secured', 'low', 'medium', 'high'];

/** The threats in the last report on each defence. */
export function findingsOf(facts: readonly Fact[]): readonly Threat[] {
  return DEFENCES.flatMap((defence) => {
    const last = lastOf(
      facts.filter(isOf('telemetry')).filter(({ reports }) => defence in reports),
    );
    return (last?.reports[defence]?.findings ?? []).map(
      ({ level, isForAdministrator = false }) => ({
        level: LEVELS.indexOf(level),
        defences: [defence],
        isForAdministrator,
      }),
    );
  });
}

type Incident = FactOf<'incident'>;

/** An incident that the partner reported as open, and has not resolved since. */
export interface OpenIncident extends Threat {
  readonly incidentId: string;
}

/**
 * The open incidents. At equal times a resolution wins. A report with an unknown word makes no incident better than the
 * last report without one.
 */
export function openIncidentsOf(facts: readonly Fact[]): readonly OpenIncident[] {
  const reports = Map.groupBy(facts.filter(isOf('incident')), ({ incidentId }) => incidentId);
  return [...reports].flatMap(([incidentId, own]) => {
    const resolved = Math.max(
      ...own.filter(({ status }) => status === 'resolved').map(({ observed }) => observed),
    );
    const open = own.filter(({ status, observed }) => status === 'open' && observed > resolved);
    const last = lastOf(open);
    if (last === undefined) return [];
    const known = last.isDoubtful === true ? lastOf(open.filter(isKnown)) : undefined;
    const { category = 'application' } = last;
    return [
      {
        incidentId,
        level: Math.max(levelOf(last), known === undefined ? 0 : levelOf(known)),
        defences: category === 'every' ? DEFENCES : [category],
        isForAdministrator: false,
      },
    ];
  });
}

function isKnown({ isDoubtful }: Incident): boolean {
  return isDoubtful !== true;
}

function levelOf({ severity }: Incident): number {
  return LEVELS.indexOf(severity);
}

import { isOf, type Fact } from './facts.ts';
import { openIncidentsOf, type Threat } from './threats.ts';

/** A record has room for so many open incidents. It keeps the worst. */
const MAX_OPEN_INCIDENTS = 40;
const LEVELS = ['secured', 'low', 'medium', 'high'];

/**
 * The threats from incidents; several lists, if which ones count depends on the order of the reports. An incident for
 * which a record had no room counts by its severity alone, until the partner judges the device again: its own resolution
 * cannot be told from others. There was room for an incident if at most so many were as severe.
 */
export function incidentThreatsOf(facts: readonly Fact[]): readonly (readonly Threat[])[] {
  const open = openIncidentsOf(facts);
  const opened = facts.filter(isOf('incident')).filter(({ status }) => status === 'open');
  const severityOf = new Map<string, number>();
  for (const { incidentId, severity } of opened)
    severityOf.set(incidentId, Math.max(severityOf.get(incidentId) ?? 0, LEVELS.indexOf(severity)));
  if (severityOf.size <= MAX_OPEN_INCIDENTS) return [open];
  const hadRoom = (severity: number): boolean =>
    [...severityOf.values()].filter((each) => each >= severity).length <= MAX_OPEN_INCIDENTS;
  const kept = open.filter(({ incidentId }) => hadRoom(severityOf.get(incidentId) ?? 0));
  const others = open.filter((each) => !kept.includes(each));
  const isJudgedSince = facts
    .filter(isOf('risk'))
    .some(({ observed }) => opened.some((each) => each.observed < observed));
  const least = isJudgedSince ? 0 : Math.max(0, ...others.map(({ level }) => level));
  const most = Math.max(0, ...[...severityOf.values()].filter((severity) => !hadRoom(severity)));
  return [0, 1, 2, 3]
    .filter((level) => level >= least && level <= most)
    .map((level) => [...kept, { level, defences: ['application'], isForAdministrator: false }]);
}

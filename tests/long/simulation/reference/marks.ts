import { DEFENCES, type Defence } from '../histories/simulatedEvent.ts';
import { isOf, lastOf, type Fact } from './facts.ts';
import { lastKnownVerdict } from './verdict.ts';

type Kind = 'event' | 'risk' | 'incident' | Defence;
type Mark = Pick<Fact, 'observed' | 'signalId'> & { readonly kind: Kind };

/**
 * Whether bad news came that cannot be read, and no readable report of its kind after it. The kind of an unknown event is
 * not known, so a readable report of any kind will do.
 */
export function hasUnreadableReport(facts: readonly Fact[]): boolean {
  const events = facts.filter(isOf('unreadable'));
  const reports = facts.filter(isOf('telemetry'));
  const marks: readonly Mark[] = [
    ...events,
    ...reports.flatMap((report) => report.unreadable.map((kind) => ({ ...report, kind }))),
  ];
  return marks.some((mark) => !readableOf(facts, mark.kind).some((each) => isSince(each, mark)));
}

/** Of two simultaneous reports neither outdates the other, but a report outdates its own mark. */
function isSince(report: Fact, mark: Mark): boolean {
  return (
    report.observed > mark.observed ||
    (report.observed === mark.observed && report.signalId === mark.signalId)
  );
}

/** The last readable report of the kind; of every kind, for an unknown event. */
function readableOf(facts: readonly Fact[], kind: Kind): readonly Fact[] {
  if (kind === 'event')
    return (['risk', 'incident', ...DEFENCES] as const).flatMap((each) => readableOf(facts, each));
  const last = kind === 'risk' ? lastKnownVerdict(facts) : lastReportOf(facts, kind);
  return last === undefined ? [] : [last];
}

function lastReportOf(facts: readonly Fact[], kind: 'incident' | Defence): Fact | undefined {
  if (kind === 'incident') {
    const incidents = facts.filter(isOf('incident'));
    return lastOf(incidents.filter(({ isDoubtful }) => isDoubtful !== true));
  }
  const last = lastOf(facts.filter(isOf('telemetry')).filter(({ reports }) => kind in reports));
  return last?.reports[kind]?.isDoubtful === false ? last : undefined;
}

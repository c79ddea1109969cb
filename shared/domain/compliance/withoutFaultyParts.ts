import type { ReportFault } from '../vocabulary/reportFault.ts';
import type {
  ApplicationTelemetry,
  Doubtful,
  VulnerabilityTelemetry,
} from '../vocabulary/signal.ts';
import type { FaultStanding } from './faultStanding.ts';

type Report = Doubtful & ApplicationTelemetry & VulnerabilityTelemetry;

/**
 * The report of a defence, where each fault has its standing: an operator's word replaces the unknown one, and a part that
 * counts for nothing is removed. The rest of the report counts.
 */
export function withoutFaultyParts<T extends Doubtful>(
  report: T,
  standingOf: (fault: ReportFault) => FaultStanding,
): T {
  const { faults = [] } = report;
  return faults.reduce<Report>((read, fault) => {
    const standing = standingOf(fault);
    return standing.kind === 'worst' ? read : withStanding(read, fault, standing);
  }, report) as T;
}

function withStanding(
  report: Report,
  { field, word }: ReportFault,
  standing: FaultStanding,
): Report {
  const part = field.split('.').at(-1) ?? '';
  if (part === 'verdict') {
    const installed = report.installed?.map(({ verdictWord, verdict, ...app }) => {
      if (verdictWord !== word)
        return { ...app, ...(verdict && { verdict }), ...(verdictWord && { verdictWord }) };
      return standing.kind === 'word'
        ? { ...app, verdict: standing.word as NonNullable<typeof verdict> }
        : app;
    });
    return { ...report, ...(installed && { installed }) };
  }
  if (part === 'cvss') {
    const cves = report.cves?.filter(({ cvssWord }) => cvssWord !== word);
    return { ...report, ...(cves && { cves }) };
  }
  const { [part as keyof Report]: _, ...rest } = report;
  return rest;
}

import { earliest, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type {
  Device,
  Fact,
  Incident,
  IncidentFact,
  PartnerVerdict,
  Stamp,
} from '../devices/device.ts';
import { isDoubtful } from '../devices/isDoubtful.ts';
import type { Reason } from '../vocabulary/reason.ts';
import { REPORT_KINDS, type ReportFault, type ReportKind } from '../vocabulary/reportFault.ts';
import type { Doubtful } from '../vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS, type Defence } from '../vocabulary/threat.ts';
import type { Configuration } from './configuration.ts';
import { faultStandingOf, type FaultStanding } from './faultStanding.ts';
import { withoutFaultyParts } from './withoutFaultyParts.ts';

/** What the partner's reports about one device are worth, by what is known of their faults. */
export interface ReportView {
  /** The device with known words only. */
  readonly device: Device;
  /** One for each kind of report that cannot be read, and blocks. */
  readonly unreadable: readonly Reason[];
  /** A hold has ended without an operator's word, so the setting for missing data decides. */
  readonly isHeldTooLong: boolean;
  /** When the end of a hold changes this view. */
  readonly dueDateTime?: DateTime;
}

/** The standing of each fault of the device; collects when a hold ends. */
interface Standings {
  readonly of: (fault: ReportFault) => FaultStanding;
  readonly endings: DateTime[];
  isHeldTooLong: boolean;
}

/**
 * Reads the partner's reports. An unknown word counts as the worst, until its fault is held or an operator resolves it. A
 * report that cannot be read blocks until a readable one of its kind comes, or an operator clears it.
 */
export function toReportView(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): ReportView {
  if (device.faultsSince === undefined && device.unreadable === undefined)
    return { device, unreadable: [], isHeldTooLong: false };
  const standings = toStandings(device, configuration, now);
  const read = readTelemetry(readIncidents(readVerdict(device, standings), standings), standings);
  const unreadable = unreadableReasons(device, standings);
  return {
    device: read,
    unreadable,
    isHeldTooLong: standings.isHeldTooLong,
    ...defined({ dueDateTime: earliest(...standings.endings) }),
  };
}

function toStandings(device: Device, configuration: Configuration, now: DateTime): Standings {
  const standings: Standings = {
    endings: [],
    isHeldTooLong: false,
    of(fault) {
      const standing = faultStandingOf(fault, device, configuration, now);
      if (standing.kind === 'held') standings.endings.push(standing.untilDateTime);
      if (standing.kind === 'heldTooLong') standings.isHeldTooLong = true;
      return standing;
    },
  };
  return standings;
}

/** The fields whose unknown word counts for nothing, and the words that replace the others. */
function readFaults(
  { faults = [] }: Doubtful,
  standings: Standings,
): { readonly ignored: ReadonlySet<string>; readonly words: ReadonlyMap<string, string> } {
  const ignored = new Set<string>();
  const words = new Map<string, string>();
  for (const fault of faults) {
    const standing = standings.of(fault);
    if (standing.kind === 'word') words.set(fault.field, standing.word);
    else if (standing.kind !== 'worst') ignored.add(fault.field);
  }
  return { ignored, words };
}

function readVerdict(device: Device, standings: Standings): Device {
  const { verdict, knownVerdict, ...rest } = device;
  if (verdict === undefined || !isDoubtful(verdict.value)) return device;
  const { ignored, words } = readFaults(verdict.value, standings);
  const read = withWords(verdict, words, verdictPart);
  if (ignored.size > 0)
    return { ...rest, ...defined({ verdict: knownPart(read, knownVerdict, ignored) }) };
  const isKnownWorse = knownVerdict !== undefined && badness(knownVerdict) > badness(read);
  return { ...rest, verdict: isKnownWorse ? knownVerdict : read };
}

function verdictPart(field: string): keyof PartnerVerdict | undefined {
  return field === 'riskLevel' || field === 'healthState' ? field : undefined;
}

/** The verdict without its ignored words: the level of before, and the state of health that is known. */
function knownPart(
  { value, ...stamp }: Fact<PartnerVerdict>,
  known: Fact<PartnerVerdict> | undefined,
  ignored: ReadonlySet<string>,
): Fact<PartnerVerdict> | undefined {
  const { riskLevel, healthState } = value;
  const hasLevel = !ignored.has('riskLevel') && !ignored.has('time');
  const hasHealth =
    !ignored.has('healthState') && !ignored.has('time') && healthState !== undefined;
  if (!hasLevel && !hasHealth) return known;
  const part: Fact<PartnerVerdict> = {
    ...stamp,
    value: {
      riskLevel: hasLevel ? riskLevel : (known?.value.riskLevel ?? 'minimal'),
      ...(hasHealth ? { healthState } : {}),
    },
  };
  return known !== undefined && badness(known) > badness(part) ? known : part;
}

function badness({ value: { riskLevel, healthState } }: Fact<PartnerVerdict>): number {
  const health = healthState === 'compromised' ? 100 : Number(healthState === 'misconfigured');
  return RISK_LEVELS.indexOf(riskLevel) * 2 + health;
}

function readIncidents(device: Device, standings: Standings): Device {
  if (!device.incidents.some(({ value }) => isDoubtful(value))) return device;
  return {
    ...device,
    incidents: device.incidents.flatMap((incident) => readIncident(incident, standings)),
  };
}

function readIncident(incident: IncidentFact, standings: Standings): readonly IncidentFact[] {
  const { known, ...fact } = incident;
  if (!isDoubtful(fact.value)) return [incident];
  const { ignored, words } = readFaults(fact.value, standings);
  if (ignored.size > 0) return known === undefined ? [] : [known];
  const read = withWords(fact, words, incidentPart);
  const { isEveryDefence: _, ...named } = read.value;
  const value: Incident = words.has('category') ? named : read.value;
  const isKnownWorse =
    known !== undefined &&
    INCIDENT_SEVERITIES.indexOf(known.value.severity) > INCIDENT_SEVERITIES.indexOf(value.severity);
  return [{ ...read, value: isKnownWorse ? { ...value, severity: known.value.severity } : value }];
}

function incidentPart(field: string): keyof Incident | undefined {
  return field === 'severity' || field === 'category' ? field : undefined;
}

function readTelemetry(device: Device, standings: Standings): Device {
  const read = DEFENCES.flatMap((defence) => {
    const report = device[defence];
    if (report === undefined || !isDoubtful(report.value)) return [];
    const value = withoutFaultyParts(report.value, standings.of);
    return [[defence, { ...report, value }] as const];
  });
  return read.length === 0 ? device : { ...device, ...Object.fromEntries(read) };
}

function withWords<T extends object>(
  fact: Fact<T>,
  words: ReadonlyMap<string, string>,
  partOf: (field: string) => keyof T | undefined,
): Fact<T> {
  const changes = [...words].flatMap(([field, word]) => {
    const part = partOf(field);
    return part === undefined ? [] : [[part, word]];
  });
  return { ...fact, value: { ...fact.value, ...Object.fromEntries(changes) } };
}

function unreadableReasons(device: Device, standings: Standings): readonly Reason[] {
  return REPORT_KINDS.flatMap((kind): readonly Reason[] => {
    const mark = device.unreadable?.[kind];
    if (mark === undefined || isOutdated(device, kind, mark)) return [];
    const standing = standings.of(mark.value.fault);
    if (standing.kind !== 'worst') return [];
    const { field, word } = mark.value.fault;
    const what = kind === 'event' ? 'an event' : `a report on the ${NAMES[kind] ?? kind}`;
    return [
      {
        code: 'reportUnreadable',
        message: `SEP Mobile sent ${what} of the device that cannot be read: \`${field}\` is \`${word}\``,
      },
    ];
  });
}

const NAMES: Readonly<Partial<Record<ReportKind, string>>> = { incident: 'incidents' };

/**
 * Whether a readable report of the kind came later, or an operator has looked since. A replay of the same event, which can
 * be read now, counts too.
 */
function isOutdated(device: Device, kind: ReportKind, mark: Stamp): boolean {
  return [device.unreadableCleared, ...readableOf(device, kind)].some(
    (each) =>
      each !== undefined &&
      (each.observedDateTime > mark.observedDateTime ||
        (each.observedDateTime === mark.observedDateTime && each.signalId === mark.signalId)),
  );
}

/** The kind of an unknown event is not known, so a report of any kind that finds threats outdates it. */
function readableOf(device: Device, kind: ReportKind): readonly (Stamp | undefined)[] {
  if (kind === 'event')
    return [
      ...readableOf(device, 'risk'),
      ...readableOf(device, 'incident'),
      ...DEFENCES.map((defence) => readableTelemetry(device, defence)),
    ];
  if (kind === 'incident') return [device.incidentReported];
  if (kind === 'risk') {
    const { verdict, knownVerdict } = device;
    const isKnown = verdict !== undefined && !isDoubtful(verdict.value);
    return [knownVerdict, isKnown ? verdict : undefined];
  }
  return [readableTelemetry(device, kind)];
}

function readableTelemetry(device: Device, defence: Defence): Stamp | undefined {
  const report = device[defence];
  return report === undefined || isDoubtful(report.value) ? undefined : report;
}

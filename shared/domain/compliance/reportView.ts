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

interface ReadFaults {
  /** The fields whose unknown word counts for nothing. */
  readonly ignored: ReadonlySet<string>;
  /** The words that replace the others, by field. */
  readonly words: ReadonlyMap<string, string>;
  /** Whether an operator said what each word means, so the report is as good as one that was read whole. */
  readonly isWhole: boolean;
}

function readFaults({ faults = [] }: Doubtful, standings: Standings): ReadFaults {
  const ignored = new Set<string>();
  const words = new Map<string, string>();
  for (const fault of faults) {
    const standing = standings.of(fault);
    if (standing.kind === 'word') words.set(fault.field, standing.word);
    else if (standing.kind !== 'worst') ignored.add(fault.field);
  }
  return { ignored, words, isWhole: words.size === faults.length };
}

/** The latest verdict that counts, but never better than the parts of later ones that count. */
function readVerdict(device: Device, standings: Standings): Device {
  const { verdict, knownVerdict, doubtfulVerdicts = [], ...rest } = device;
  if (verdict === undefined || !isDoubtful(verdict.value)) return device;
  let read = knownVerdict;
  // From the earliest to the latest, so a later one replaces what it cannot be told from.
  for (const each of [verdict, ...doubtfulVerdicts].toReversed()) {
    const { ignored, words, isWhole } = readFaults(each.value, standings);
    const named = withWords(each, words, verdictPart);
    if (isWhole) read = named;
    else read = ignored.size > 0 ? knownPart(named, read, ignored) : worseOf(read, named);
  }
  return { ...rest, ...defined({ verdict: read }) };
}

function worseOf(
  known: Fact<PartnerVerdict> | undefined,
  read: Fact<PartnerVerdict>,
): Fact<PartnerVerdict> {
  return known !== undefined && badness(known) > badness(read) ? known : read;
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
  return worseOf(known, part);
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

/** The latest report of the incident that counts, but never less severe than the last one that was read whole. */
function readIncident(incident: IncidentFact, standings: Standings): readonly IncidentFact[] {
  const { known, doubtful = [], ...fact } = incident;
  if (!isDoubtful(fact.value)) return [incident];
  for (const each of [fact, ...doubtful]) {
    const { ignored, words, isWhole } = readFaults(each.value, standings);
    if (ignored.size > 0) continue;
    const read = withWords(each, words, incidentPart);
    const { isEveryDefence: _, ...named } = read.value;
    const value: Incident = words.has('category') ? named : read.value;
    return [
      { ...read, value: { ...value, severity: worseSeverity(isWhole ? undefined : known, value) } },
    ];
  }
  return known === undefined ? [] : [known];
}

function worseSeverity(
  known: Fact<Incident> | undefined,
  { severity }: Incident,
): Incident['severity'] {
  const isKnownWorse =
    known !== undefined &&
    INCIDENT_SEVERITIES.indexOf(known.value.severity) > INCIDENT_SEVERITIES.indexOf(severity);
  return isKnownWorse ? known.value.severity : severity;
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
    const counting = device.unreadable?.[kind]?.find(
      (each) =>
        !isOutdated(device, kind, each) && standings.of(each.value.faults[0]).kind === 'worst',
    );
    if (counting === undefined) return [];
    const [{ field, word }] = counting.value.faults;
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

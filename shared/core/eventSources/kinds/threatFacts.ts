import { firstCharacters } from '../../../base/firstCharacters.ts';
import { findThreat } from '../../../domain/threats/threatCatalogue.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, type Defence } from '../../../domain/vocabulary/threat.ts';
import { isBlank } from '../../ingest/partReader.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import { toWord, type EventReading, type EventTime, type Stamp } from './eventReading.ts';

const MAX_ID_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
const MAX_THREAT_TYPE_LENGTH = 128;

/** A severity, or that the vendor says that the finding does not count. */
export type ReadSeverity = (typeof INCIDENT_SEVERITIES)[number] | 'none';

/** How an event with an unusable time counts: its bad news as of its arrival, its good news not at all. */
export function addTimeFault(reading: EventReading, { read, value }: EventTime): void {
  if (read.ok) return;
  const { reader } = reading;
  const { code, path, message } = read.rejection;
  if (!reader.problems.some((each) => each.path === path)) reader.addProblem(path, message);
  reader.addFault('time', code === 'observedInFuture' ? 'future' : value);
}

/** A vendor's severity by its row. An unknown or missing one is the worst. */
export function readSeverity(reading: EventReading, field: string, value: unknown): ReadSeverity {
  const known = reading.meaning(field, value);
  if (known === 'none') return known;
  const severity = INCIDENT_SEVERITIES.find((each) => each === known);
  if (severity !== undefined) return severity;
  const { reader } = reading;
  const path = `/${field.replaceAll('.', '/')}`;
  if (isBlank(value)) reader.addMissing(path, 'severity', INCIDENT_SEVERITIES);
  else {
    reader.addProblem(path, 'has no row in the mapping, so it counts as high');
    reader.addFault('severity', toWord(value));
  }
  return 'high';
}

/** An unknown word for the state of a threat counts as open. */
export function addStateFault(reading: EventReading, path: string, value: unknown): void {
  if (isBlank(value)) return;
  const { reader } = reading;
  reader.addProblem(path, 'has no row in the mapping, so it counts as open');
  reader.addFault('state', toWord(value));
}

/** Where a threat belongs. An unknown one may concern every defence. */
export interface Category {
  readonly category: Defence;
  readonly isEveryDefence?: true;
}

/** The defence by its row, else by the type of threat; without both every defence. */
export function readCategory(
  reading: EventReading,
  known: string | undefined,
  threatType: string | undefined,
  word: unknown,
): Category {
  const category = DEFENCES.find((each) => each === known) ?? defenceOf(threatType);
  if (category !== undefined) return { category };
  const { reader } = reading;
  reader.addProblem('', 'the defence has no row in the mapping, so the event counts for every one');
  reader.addFault('category', toWord(word));
  return { category: 'application', isEveryDefence: true };
}

/** The defence of a threat in the catalogue. */
export function defenceOf(threatType: string | undefined): Defence | undefined {
  return threatType === undefined ? undefined : findThreat(threatType)?.defence;
}

/** One fact about a threat, as far as it was read. */
export interface ThreatFact extends Category {
  readonly incidentId: string;
  /** The catalogue's type, or the vendor's word. */
  readonly threatType: string | undefined;
  readonly severity: ReadSeverity;
  readonly isOver: boolean;
  readonly isDetectionOnly?: boolean;
  readonly title?: string | undefined;
  readonly resource?: string | undefined;
}

/**
 * The signal of a threat. An event without a usable time counts as open only, and as the worst, because a lesser severity
 * could replace a worse one. A finding that its vendor says does not count ends what was counted of it before.
 */
export function toIncidentSignals(
  reading: EventReading,
  time: EventTime,
  stamp: Stamp,
  threat: ThreatFact,
): readonly UndirectedSignal[] {
  const isResolved = threat.isOver || threat.severity === 'none';
  addTimeFault(reading, time);
  if (isResolved && !time.read.ok) return [];
  const { faults } = reading;
  const { observedDateTime } = stamp;
  return [
    {
      ...stamp,
      type: 'incidentReported',
      status: isResolved ? 'resolved' : 'open',
      incident: {
        incidentId: toIncidentId(threat.incidentId),
        category: threat.category,
        ...(threat.isEveryDefence === true ? { isEveryDefence: true as const } : {}),
        threatType: shorten(threat.threatType, MAX_THREAT_TYPE_LENGTH) ?? 'unknown',
        severity: !time.read.ok || threat.severity === 'none' ? 'high' : threat.severity,
        detectedDateTime: observedDateTime,
        ...(threat.isDetectionOnly === true ? { isDetectionOnly: true as const } : {}),
        ...toTexts(threat),
        ...(isResolved || faults.length === 0 ? {} : { faults }),
      },
    },
  ];
}

/** A longer id is replaced by its hash: a cut one could be that of another incident. */
function toIncidentId(id: string): string {
  return id.length > MAX_ID_LENGTH ? toSignalId(id) : id.toWellFormed();
}

function toTexts({ title, resource }: Pick<ThreatFact, 'title' | 'resource'>): {
  readonly title?: string;
  readonly resource?: string;
} {
  const [shortTitle, shortResource] = [
    shorten(title, MAX_TEXT_LENGTH),
    shorten(resource, MAX_TEXT_LENGTH),
  ];
  return {
    ...(shortTitle === undefined ? {} : { title: shortTitle }),
    ...(shortResource === undefined ? {} : { resource: shortResource }),
  };
}

function shorten(text: string | undefined, length: number): string | undefined {
  return text === undefined || text === ''
    ? undefined
    : firstCharacters(text, length).toWellFormed();
}

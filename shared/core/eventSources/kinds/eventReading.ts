import { firstCharacters } from '../../../base/firstCharacters.ts';
import { foldGuid } from '../../../base/guid.ts';
import type { JsonObject } from '../../../base/jsonObject.ts';
import { isMacAddress } from '../../../base/macAddress.ts';
import type {
  EventIdentifier,
  EventIdentifierName,
} from '../../../domain/vocabulary/eventSource.ts';
import { isPlaceholder } from '../../../domain/vocabulary/isPlaceholder.ts';
import type { ReportFault } from '../../../domain/vocabulary/reportFault.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, type Defence } from '../../../domain/vocabulary/threat.ts';
import { findThreat } from '../../../domain/threats/threatCatalogue.ts';
import { readTime, type ReadTime } from '../../ingest/arrival.ts';
import { createPartReader, isBlank, type PartReader } from '../../ingest/partReader.ts';
import { toRejections } from '../../ingest/parsed.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import type { SourceContext, SourceEvent, UnmappedWord } from '../sourceEvent.ts';
import type { FindMeaning } from './mappingTable.ts';
import { toMoment } from './toMoment.ts';

const MAX_WORD_LENGTH = 128;
const MAX_IDENTIFIERS = 16;
const MAX_ID_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
const MAX_UNMAPPED = 20;

/** The reading of one event: what its words mean, what it names, and when it was. */
export interface EventReading {
  readonly reader: PartReader;
  readonly identifiers: readonly EventIdentifier[];
  /** The meaning of a word; `undefined` if it is absent, or has no row, which is counted. */
  readonly meaning: (field: string, value: unknown) => string | undefined;
  readonly name: (name: EventIdentifierName, value: unknown) => void;
  readonly readTime: (value: unknown, path: string) => ReadTime;
  readonly stamp: (time: ReadTime, ...parts: readonly string[]) => Stamp;
  readonly end: (signals: readonly UndirectedSignal[], isAboutPhone?: boolean) => SourceEvent;
}

export type Stamp = Pick<UndirectedSignal, 'signalId' | 'observedDateTime' | 'receivedDateTime'>;

/** Begins to read an event of `kind`. */
export function createEventReading(
  kind: string,
  { sourceId, arrival, overrides }: SourceContext,
  find: FindMeaning,
): EventReading {
  const reader = createPartReader();
  const identifiers: EventIdentifier[] = [];
  const unmapped: UnmappedWord[] = [];
  const { receivedDateTime } = arrival;
  return {
    reader,
    identifiers,
    meaning(field, value) {
      const word = toWord(value);
      if (word === undefined) return undefined;
      const folded = word.toLowerCase();
      const known = findOverride(overrides, field, folded) ?? find(field, folded);
      if (known === undefined && unmapped.length < MAX_UNMAPPED) unmapped.push({ field, word });
      return known;
    },
    name(name, value) {
      const text = typeof value === 'string' ? value.trim() : undefined;
      if (!text || text.length > MAX_ID_LENGTH || identifiers.length >= MAX_IDENTIFIERS) return;
      if (isPlaceholder(text) || !hasForm(name, text)) return;
      identifiers.push({ name, value: foldGuid(text.toWellFormed()) });
    },
    readTime: (value, path) => readTime(toMoment(value) ?? value, path, arrival),
    stamp: (time, ...parts) => ({
      signalId: toSignalId(kind, sourceId, ...parts),
      observedDateTime: time.ok ? time.observedDateTime : receivedDateTime,
      receivedDateTime,
    }),
    end: (signals, isAboutPhone = true) => ({
      identifiers,
      isAboutPhone,
      signals,
      unmapped,
      unread: [],
      rejections: toRejections(reader.problems, reader.faults.length > 0),
    }),
  };
}

/** The text of a word or a number; `undefined` for every other value. */
function toWord(value: unknown): string | undefined {
  if (isBlank(value)) return undefined;
  const isText =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = isText ? String(value).trim().toWellFormed() : kindOf(value);
  return firstCharacters(text, MAX_WORD_LENGTH);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function findOverride(
  overrides: SourceContext['overrides'],
  field: string,
  word: string,
): string | undefined {
  const words = Object.hasOwn(overrides, field) ? overrides[field] : undefined;
  return words !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
}

function hasForm(name: EventIdentifierName, text: string): boolean {
  if (name === 'wiFiMacAddress') return isMacAddress(text);
  // Zimperium writes a UUID there for iPhones.
  return name !== 'imei' || /^[\d /-]{14,20}$/.test(text);
}

/** How an event with an unusable time counts: its bad news as of its arrival, its good news not at all. */
export function addTimeFault({ reader }: EventReading, time: ReadTime, value: unknown): void {
  if (time.ok) return;
  const { code, path, message } = time.rejection;
  reader.addProblem(path, message);
  reader.addFault('time', code === 'observedInFuture' ? 'future' : value);
}

/** A vendor's severity by its row. `none` is a finding that does not count; an unknown or missing one is the worst. */
export function readSeverity(
  { reader, meaning }: EventReading,
  field: string,
  value: unknown,
): (typeof INCIDENT_SEVERITIES)[number] | 'none' {
  const known = meaning(field, value);
  if (known === 'none') return known;
  const severity = INCIDENT_SEVERITIES.find((each) => each === known);
  if (severity !== undefined) return severity;
  if (isBlank(value)) reader.addMissing(`/${field}`, 'severity', INCIDENT_SEVERITIES);
  else {
    reader.addProblem(`/${field}`, 'has no row in the mapping, so it counts as high');
    reader.addFault('severity', toWord(value));
  }
  return 'high';
}

/** Where a threat belongs. An unknown one may concern every defence. */
export interface Category {
  readonly category: Defence;
  readonly isEveryDefence?: true;
}

/** The defence by its row, else by the type of threat; without both every defence. */
export function readCategory(
  { reader }: EventReading,
  known: string | undefined,
  threatType: string | undefined,
  word: unknown,
): Category {
  const category =
    DEFENCES.find((each) => each === known) ??
    (threatType === undefined ? undefined : findThreat(threatType)?.defence);
  if (category !== undefined) return { category };
  reader.addProblem('', 'the defence has no row in the mapping, so the event counts for every one');
  reader.addFault('category', toWord(word));
  return { category: 'application', isEveryDefence: true };
}

/** One fact about a threat, as far as it was read. */
export interface ThreatFact extends Category {
  readonly incidentId: string;
  readonly threatType: string;
  readonly severity: (typeof INCIDENT_SEVERITIES)[number] | 'none';
  readonly isOver: boolean;
  readonly isDetectionOnly?: boolean;
  readonly title?: string | undefined;
  readonly resource?: string | undefined;
}

/**
 * The signal of a threat. An event without a usable time counts as open only, and as the worst, because a lesser severity
 * could replace a worse one.
 */
export function toIncidentSignals(
  { reader }: EventReading,
  time: ReadTime,
  stamp: Stamp,
  { severity, isOver, isDetectionOnly, title, resource, ...threat }: ThreatFact,
): readonly UndirectedSignal[] {
  const isResolved = isOver || severity === 'none';
  if (isResolved && !time.ok) return [];
  const worst = time.ok && severity !== 'none' ? severity : 'high';
  const faults: readonly ReportFault[] = reader.faults;
  return [
    {
      ...stamp,
      type: 'incidentReported',
      status: isResolved ? 'resolved' : 'open',
      incident: {
        ...threat,
        incidentId: toIncidentId(threat.incidentId),
        severity: worst,
        detectedDateTime: stamp.observedDateTime,
        ...(isDetectionOnly === true ? { isDetectionOnly: true as const } : {}),
        ...toTexts({ title, resource }),
        ...(isResolved || faults.length === 0 ? {} : { faults }),
      },
    },
  ];
}

/** A longer id is replaced by its hash: a cut one could be that of another incident. */
function toIncidentId(id: string): string {
  return id.length > MAX_ID_LENGTH ? toSignalId(id) : id.toWellFormed();
}

function toTexts(texts: Readonly<Record<'title' | 'resource', string | undefined>>): object {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text ? [[name, firstCharacters(text.toWellFormed(), MAX_TEXT_LENGTH)]] : [],
    ),
  );
}

/** The text or number in a field; `undefined` for every other value. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

const MAX_MEMBERS = 64;

/** An id for an event that has none, from its own texts and numbers: the same event has the same id. */
export function contentIdOf(event: JsonObject): string {
  const members = Object.entries(event)
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, MAX_MEMBERS);
  return toSignalId(JSON.stringify(members));
}

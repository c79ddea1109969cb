import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { isAhead, toDateTime, type DateTime } from '../../base/dateTime.ts';
import { firstCharacters } from '../../base/firstCharacters.ts';
import { defined } from '../../base/defined.ts';
import { mustHaveFormat } from '../../base/validation/messages.ts';
import { readShape } from '../../base/validation/checkShape.ts';
import type { IncidentDetails } from '../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES } from '../../domain/vocabulary/threat.ts';
import { isPlaceholderMoment } from './arrival.ts';
import { IncidentDataSchema } from './eventSchemas.ts';
import { isBlank, type PartReader } from './partReader.ts';

const IncidentData = Compile(IncidentDataSchema);
const MAX_ID_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;
const MAX_THREAT_TYPE_LENGTH = 128;
const UNKNOWN_THREAT_TYPE = 'unknown';

/** What an event about an incident says; `undefined` if it does not name the incident. */
export interface ReadIncident {
  readonly incident: IncidentDetails;
  /** Whether the event has a plausible time of resolution, an implausible one, or none. */
  readonly resolution: 'plausible' | 'implausible' | 'none';
}

interface Times {
  readonly observedDateTime: DateTime;
  readonly receivedDateTime: DateTime;
}

/** Reads the data of an event about an incident, whole or in part. */
export function readIncident(
  data: Readonly<Record<string, unknown>>,
  times: Times,
  reader: PartReader,
): ReadIncident | undefined {
  const whole = readShape(IncidentData, data);
  const details =
    whole !== undefined && whole.incidentId.trim() !== '' ? whole : readParts(data, times, reader);
  if (details === undefined) return undefined;
  const {
    deviceId: _,
    resolvedDateTime,
    ...incident
  } = details as typeof details & {
    readonly deviceId?: string;
  };
  const detected = toMoment(data['detectedDateTime']);
  const began = detected === undefined || isPlaceholderMoment(detected) ? undefined : detected;
  const resolved = toMoment(resolvedDateTime);
  const resolution = resolutionOf(resolvedDateTime, resolved, began, times.receivedDateTime);
  return {
    incident: {
      ...incident,
      detectedDateTime: began ?? times.observedDateTime,
      ...(resolution === 'plausible' ? defined({ resolvedDateTime: resolved }) : {}),
    },
    resolution,
  };
}

function readParts(
  data: Readonly<Record<string, unknown>>,
  { observedDateTime }: Times,
  reader: PartReader,
): IncidentDetails | undefined {
  const text = (name: string): string | undefined =>
    reader.text({ path: `/data/${name}`, value: data[name] });
  const incidentId = toIncidentId(text('incidentId'));
  if (incidentId === undefined) return undefined;
  const severity = reader.word({
    path: '/data/severity',
    field: 'severity',
    value: data['severity'],
    words: INCIDENT_SEVERITIES,
    worst: 'high',
  });
  if (severity === undefined) reader.addMissing('/data/severity', 'severity', INCIDENT_SEVERITIES);
  const category = reader.word({
    path: '/data/category',
    field: 'category',
    value: data['category'],
    words: DEFENCES,
  });
  if (isBlank(data['category'])) reader.addMissing('/data/category', 'category', DEFENCES);
  else if (category === undefined) reader.addFault('category', data['category']);
  const detectedDateTime = toMoment(data['detectedDateTime']);
  if (detectedDateTime === undefined)
    reader.addProblem('/data/detectedDateTime', mustHaveFormat('date-time'));
  return {
    incidentId,
    severity: severity ?? 'high',
    category: category ?? 'application',
    ...(category === undefined ? { isEveryDefence: true as const } : {}),
    threatType: shorten(text('threatType'), MAX_THREAT_TYPE_LENGTH) ?? UNKNOWN_THREAT_TYPE,
    detectedDateTime: detectedDateTime ?? observedDateTime,
    ...defined({
      title: shorten(text('title'), MAX_TEXT_LENGTH),
      resource: shorten(text('resource'), MAX_TEXT_LENGTH),
      resolvedDateTime: data['resolvedDateTime'] as string | undefined,
    }),
  };
}

/** A longer id is replaced by its hash: a cut one could be that of another incident. */
function toIncidentId(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_ID_LENGTH) return text;
  return `sha256:${createHash('sha256').update(text).digest('base64url')}`;
}

function shorten(text: string | undefined, length: number): string | undefined {
  return text === undefined ? undefined : firstCharacters(text, length);
}

function toMoment(value: unknown): DateTime | undefined {
  return typeof value === 'string' ? toDateTime(value) : undefined;
}

/** Nothing ends before it began, or in the future. */
function resolutionOf(
  value: unknown,
  moment: DateTime | undefined,
  began: DateTime | undefined,
  receivedDateTime: DateTime,
): ReadIncident['resolution'] {
  if (value === undefined || value === null || value === '') return 'none';
  if (moment === undefined) return 'implausible';
  if (isPlaceholderMoment(moment)) return 'none';
  return (began === undefined || moment >= began) && !isAhead(moment, receivedDateTime)
    ? 'plausible'
    : 'implausible';
}

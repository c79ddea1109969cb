import { DEFENCES, type Defence, type Level, type Statement } from './statement.ts';
import {
  isAhead,
  isObject,
  readMoment,
  readWord,
  RISK_LEVELS,
  saysNothing,
  SEVERITIES,
  type Fields,
} from './words.ts';

interface Event {
  readonly type: string;
  readonly data: Fields;
  /** The time of the event, or of its arrival. */
  readonly at: number;
  readonly isDated: boolean;
  readonly arrivedAt: number;
}

/** The data of an event, whether an object, its text, or its text in base64. */
export function dataOf({ data, data_base64: encoded }: Fields): Fields | undefined {
  if (isObject(data)) return data;
  if (typeof data === 'string') return fromText(data);
  return saysNothing(data) && typeof encoded === 'string'
    ? fromText(Buffer.from(encoded, 'base64').toString())
    : undefined;
}

function fromText(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What an event with this data says about its device. */
export function readEvent(envelope: Fields, data: Fields, arrivedAt: number): readonly Statement[] {
  const { type: name } = envelope;
  const observed = readMoment('specversion' in envelope ? envelope['time'] : envelope['timestamp']);
  const isDated = observed !== undefined && !isAhead(observed, arrivedAt);
  const at = isDated ? observed : arrivedAt;
  const type = typeof name === 'string' ? name.trim().toLowerCase() : '';
  const event = { type, data, at, isDated, arrivedAt };
  switch (type) {
    case 'sepmobile.connector.heartbeat':
      return [];
    case 'sepmobile.device.activated':
      return isDated ? [{ kind: 'activated', at }] : [];
    case 'sepmobile.device.heartbeat':
      return isDated ? [{ kind: 'heartbeat', at }] : [];
    case 'sepmobile.device.deactivated':
      return [{ kind: 'deactivated', at }];
    case 'sepmobile.device.risk':
      return readRisk(event, true);
    case 'sepmobile.incident.opened':
      return readIncident(event, true);
    case 'sepmobile.incident.updated':
    case 'sepmobile.incident.resolved':
      return readResolution(event) ?? readIncident(event, true);
    default:
      return readUnknown(event);
  }
}

/** Nobody knows what an unknown type means, so only bad news of it counts. */
function readUnknown(event: Event): readonly Statement[] {
  const has = (...names: readonly string[]): boolean => names.some((name) => name in event.data);
  if (has('incidentId', 'severity', 'threatType')) return readIncident(event, false);
  if (has('riskLevel', 'healthState')) return readRisk(event, false);
  return [{ kind: 'unreadable', about: 'event', at: event.at }];
}

function readRisk({ data, at, isDated }: Event, isKnownType: boolean): readonly Statement[] {
  const { riskLevel, healthState } = data;
  if (saysNothing(riskLevel) && saysNothing(healthState))
    return [{ kind: 'unreadable', about: 'risk', at }];
  const level = readWord<Level>(riskLevel, RISK_LEVELS, 3);
  const health = readWord(healthState, { compromised: true, misconfigured: true }, true);
  const isCertain =
    isKnownType && isDated && level.isKnown && level.value !== undefined && health.isKnown;
  const verdict: Statement = {
    kind: 'verdict',
    at,
    level: level.value ?? 3,
    isSick: health.value === true,
    isCertain,
  };
  const isBad = verdict.level > 1 || verdict.isSick;
  return isCertain || isBad ? [verdict] : [];
}

/** Only an event that says so resolves, with a usable time, and at a plausible moment. `undefined`: it says nothing of it. */
function readResolution({
  type,
  data,
  at,
  isDated,
  arrivedAt,
}: Event): readonly Statement[] | undefined {
  const { resolvedDateTime } = data;
  const resolved = readMoment(resolvedDateTime);
  const isResolution = type === 'sepmobile.incident.resolved';
  const isUnsaid = saysNothing(resolvedDateTime) || isNever(resolvedDateTime);
  const began = readMoment(data['detectedDateTime']);
  const isPlausible =
    resolved !== undefined &&
    !isAhead(resolved, arrivedAt) &&
    (began === undefined || resolved >= began);
  if (!isResolution && !isPlausible) return undefined;
  const id = toId(data['incidentId']);
  if (id === undefined) return isResolution ? [] : undefined;
  return isDated && (isUnsaid || isPlausible) ? [{ kind: 'resolved', id, at }] : [];
}

/** A real moment that stands for "never". */
function isNever(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    !Number.isNaN(Date.parse(value)) &&
    /^(000\d|19\d\d|9999)-/.test(value)
  );
}

function readIncident({ data, at, isDated }: Event, isKnownType: boolean): readonly Statement[] {
  const id = toId(data['incidentId']);
  if (id === undefined) return [{ kind: 'unreadable', about: 'incident', at }];
  const severity = readWord<Level>(data['severity'], SEVERITIES, 3);
  const category = DEFENCES.find((each) => each === String(data['category']).trim().toLowerCase());
  const defences: readonly Defence[] = category === undefined ? DEFENCES : [category];
  const isCertain =
    isKnownType &&
    isDated &&
    severity.isKnown &&
    severity.value !== undefined &&
    category !== undefined;
  return [
    {
      kind: 'incident',
      id,
      at,
      level: severity.value ?? 3,
      defences,
      isCertain,
      isDated: isDated && isKnownType,
    },
  ];
}

/** A number is as good as its text. */
function toId(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && !saysNothing(value) ? value.toWellFormed() : undefined;
}

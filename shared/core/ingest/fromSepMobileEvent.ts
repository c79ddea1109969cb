import { Compile } from 'typebox/compile';
import { defined } from '../../base/defined.ts';
import { readShape } from '../../base/validation/checkShape.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import { toReportFault, type ReportKind } from '../../domain/vocabulary/reportFault.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import { HEALTH_STATES, RISK_LEVELS } from '../../domain/vocabulary/threat.ts';
import type { Rejection } from '../ports/quarantine.ts';
import { readTime, type Arrival, type ReadTime } from './arrival.ts';
import {
  DeviceDataSchema,
  HeartbeatDataSchema,
  IncidentDataSchema,
  RiskDataSchema,
} from './eventSchemas.ts';
import { accept, reject, rejectProblems, toRejections, type Parsed } from './parsed.ts';
import { createPartReader, isBlank, type PartReader } from './partReader.ts';
import { readEnvelope, type Envelope } from './readEnvelope.ts';
import { readIncident, type ReadIncident } from './readIncident.ts';
import { readDeviceId } from './readDeviceId.ts';

const DeviceData = Compile(DeviceDataSchema);
const HeartbeatData = Compile(HeartbeatDataSchema);
const RiskData = Compile(RiskDataSchema);
const IncidentData = Compile(IncidentDataSchema);

const EVENT_TYPES = [
  'sepmobile.connector.heartbeat',
  'sepmobile.device.activated',
  'sepmobile.device.deactivated',
  'sepmobile.device.heartbeat',
  'sepmobile.device.risk',
  'sepmobile.incident.opened',
  'sepmobile.incident.updated',
  'sepmobile.incident.resolved',
];
const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/** An event about a readable device. */
interface DeviceEvent {
  readonly envelope: Envelope;
  readonly deviceId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly time: ReadTime;
  readonly arrival: Arrival;
  readonly reader: PartReader;
}

/**
 * Parses one event of SEP Mobile, in either of its envelopes. What can be read of an event about a readable device counts:
 * its bad news always, its good news only if it has a usable time. Bad news that cannot be read becomes a
 * `reportUnreadable`, which blocks.
 */
export function fromSepMobileEvent(event: unknown, arrival: Arrival): Parsed {
  const envelope = readEnvelope(event, arrival);
  if (envelope === undefined) return reject('invalidEvent', '', 'must be object');
  const time = readTime(envelope.time, envelope.timePath, arrival);
  if (envelope.type === 'sepmobile.connector.heartbeat')
    return readPartner(envelope, time, arrival);
  const { data = {} } = envelope;
  const deviceId = readDeviceId(data);
  if (deviceId === undefined) return rejectWithoutDevice(envelope, data);
  return readDevice({ envelope, deviceId, data, time, arrival, reader: createPartReader() });
}

function readPartner({ signalId, problems }: Envelope, time: ReadTime, arrival: Arrival): Parsed {
  if (problems.length > 0) return rejectProblems(problems);
  if (!time.ok) return { signals: [], rejections: [time.rejection] };
  const { observedDateTime } = time;
  const { receivedDateTime } = arrival;
  return accept({ signalId, observedDateTime, receivedDateTime, type: 'connectorHeartbeat' });
}

function rejectWithoutDevice(
  { type, problems }: Envelope,
  data: Readonly<Record<string, unknown>>,
): Parsed {
  if (problems.length > 0) return rejectProblems(problems);
  if (!KNOWN_TYPES.has(type)) return { signals: [], rejections: [typeRejection(type)] };
  return rejectProblems(findProblems<unknown>(schemaOf(type), data), '/data');
}

function schemaOf(type: string): Parameters<typeof findProblems>[0] {
  if (type.startsWith('sepmobile.incident.')) return IncidentData;
  return type === 'sepmobile.device.risk' ? RiskData : DeviceData;
}

function typeRejection(type: string): Rejection {
  const message = `\`${type}\` is not one of ${EVENT_TYPES.join(', ')}`;
  return { code: 'unknownEventType', path: '/type', message };
}

function readDevice(event: DeviceEvent): Parsed {
  switch (event.envelope.type) {
    case 'sepmobile.device.activated':
      return goodNews(event, { type: 'activated' });
    case 'sepmobile.device.heartbeat':
      return goodNews(event, { type: 'heartbeat', ...readAppVersion(event) });
    case 'sepmobile.device.deactivated':
      return parsed(event, [{ ...stamp(event), type: 'deactivated' }]);
    case 'sepmobile.device.risk':
      return readRisk(event);
    case 'sepmobile.incident.opened':
    case 'sepmobile.incident.updated':
    case 'sepmobile.incident.resolved':
      return readIncidentEvent(event);
    default:
      return readUnknown(event);
  }
}

/** Good news of an unknown time could be older than the bad news that it would end. */
function goodNews(
  event: DeviceEvent,
  fact:
    | { readonly type: 'activated' }
    | { readonly type: 'heartbeat'; readonly appVersion?: string },
): Parsed {
  return parsed(event, event.time.ok ? [{ ...stamp(event), ...fact }] : []);
}

function readAppVersion({ data, reader }: DeviceEvent): { readonly appVersion?: string } {
  const whole = readShape(HeartbeatData, data);
  if (whole !== undefined) return defined({ appVersion: whole.appVersion });
  const text = reader.text({ path: '/data/appVersion', value: data['appVersion'] });
  return defined({ appVersion: text?.slice(0, MAX_APP_VERSION_LENGTH).toWellFormed() });
}
const MAX_APP_VERSION_LENGTH = 128;

function readRisk(event: DeviceEvent): Parsed {
  const { data, reader } = event;
  const whole = readShape(RiskData, data);
  if (whole !== undefined) {
    const { riskLevel, healthState } = whole;
    return risk(event, { riskLevel, ...defined({ healthState }) });
  }
  const healthState = reader.word({
    path: '/data/healthState',
    field: 'healthState',
    value: data['healthState'],
    words: HEALTH_STATES,
    worst: 'compromised',
  });
  const isSilent = isBlank(data['riskLevel']) && healthState === undefined;
  if (isSilent) return unreadable(event, 'risk', '/data/riskLevel', 'riskLevel');
  const riskLevel = reader.word({
    path: '/data/riskLevel',
    field: 'riskLevel',
    value: data['riskLevel'],
    words: RISK_LEVELS,
    worst: 'high',
  });
  if (riskLevel === undefined) reader.addMissing('/data/riskLevel', 'riskLevel', RISK_LEVELS);
  return risk(event, { riskLevel: riskLevel ?? 'high', ...defined({ healthState }) });
}

type Risk = Pick<
  Extract<DeviceSignal, { readonly type: 'riskReported' }>,
  'riskLevel' | 'healthState'
>;

function risk(event: DeviceEvent, verdict: Risk): Parsed {
  const isGood = verdict.riskLevel === 'minimal' && verdict.healthState === undefined;
  if (isOnlyBadNews(event) && isGood)
    return isKnownType(event)
      ? parsed(event, [])
      : mark(event, 'event', 'type', event.envelope.type);
  const riskLevel = isOnlyBadNews(event) ? 'high' : verdict.riskLevel;
  const faults = faultsOf(event);
  return parsed(event, [
    { ...stamp(event), type: 'riskReported', ...verdict, riskLevel, ...faults },
  ]);
}

/**
 * Whether the event counts as bad news only, because nobody knows when it was observed, or what it is about. It then counts
 * as the worst: a lesser level could replace a worse one.
 */
function isOnlyBadNews(event: DeviceEvent): boolean {
  return !event.time.ok || !isKnownType(event);
}

function isKnownType({ envelope: { type } }: DeviceEvent): boolean {
  return KNOWN_TYPES.has(type);
}

/** A resolution needs an event that says so, and a plausible moment. An update says so by its time of resolution. */
function readIncidentEvent(event: DeviceEvent): Parsed {
  const { envelope, data, reader } = event;
  const { observedDateTime, receivedDateTime } = stamp(event);
  const read = readIncident(data, { observedDateTime, receivedDateTime }, reader);
  const isResolution = envelope.type === 'sepmobile.incident.resolved';
  if (read === undefined)
    return isResolution
      ? parsed(event, [])
      : unreadable(event, 'incident', '/data/incidentId', 'incidentId');
  const { resolution } = read;
  if (resolution === 'implausible')
    reader.addProblem(
      '/data/resolvedDateTime',
      'must lie between `detectedDateTime` and five minutes from now',
    );
  const isUpdateToResolved =
    envelope.type === 'sepmobile.incident.updated' && resolution === 'plausible';
  if (!isResolution && !isUpdateToResolved) return openIncident(event, read);
  if (!event.time.ok || resolution === 'implausible') return parsed(event, []);
  const { faults: _, ...incident } = read.incident;
  return parsed(event, [
    { ...stamp(event), type: 'incidentReported', status: 'resolved', incident },
  ]);
}

function openIncident(event: DeviceEvent, { incident }: ReadIncident): Parsed {
  const { resolvedDateTime: _, ...open } = incident;
  const severity = isOnlyBadNews(event) ? 'high' : open.severity;
  return parsed(event, [
    {
      ...stamp(event),
      type: 'incidentReported',
      status: 'open',
      incident: { ...open, severity, ...faultsOf(event) },
    },
  ]);
}

/** An event of an unknown type is read by what it has: as a risk, as an open incident, or not at all. */
function readUnknown(event: DeviceEvent): Parsed {
  const { data, envelope, reader } = event;
  reader.addFault('type', envelope.type);
  const isAbout = (...names: readonly string[]): boolean => names.some((name) => name in data);
  const read = isAbout('incidentId', 'severity', 'threatType')
    ? readIncidentEvent(event)
    : isAbout('riskLevel', 'healthState')
      ? readRisk(event)
      : mark(event, 'event', 'type', envelope.type);
  return { ...read, rejections: [typeRejection(envelope.type)] };
}

function unreadable(event: DeviceEvent, kind: ReportKind, path: string, field: string): Parsed {
  event.reader.addProblem(path, 'is required');
  return mark(event, kind, field, event.data[field]);
}

function mark(event: DeviceEvent, kind: ReportKind, field: string, value: unknown): Parsed {
  const fault = toReportFault(field, value);
  return parsed(event, [{ ...stamp(event), type: 'reportUnreadable', kind, fault }]);
}

function stamp({
  envelope: { signalId },
  deviceId,
  time,
  arrival: { receivedDateTime },
}: DeviceEvent): Pick<
  DeviceSignal,
  'signalId' | 'deviceId' | 'observedDateTime' | 'receivedDateTime'
> {
  const observedDateTime = time.ok ? time.observedDateTime : receivedDateTime;
  return { signalId, deviceId, observedDateTime, receivedDateTime };
}

/** The faults of the parts. A fact without a usable time counts as of its arrival, and only as bad news. */
function faultsOf({ reader, time, envelope }: DeviceEvent): Pick<Risk & IncidentFaults, 'faults'> {
  if (!time.ok)
    reader.addFault('time', time.rejection.code === 'observedInFuture' ? 'future' : envelope.time);
  return reader.faults.length === 0 ? {} : { faults: reader.faults };
}
type IncidentFaults = Extract<DeviceSignal, { readonly type: 'incidentReported' }>['incident'];

/** The signals, with the reasons for what was not taken. */
function parsed({ envelope, time, reader }: DeviceEvent, signals: readonly DeviceSignal[]): Parsed {
  const problems = [
    ...envelope.problems.filter(({ path }) => path !== envelope.timePath),
    ...reader.problems,
  ];
  const rejections = toRejections(problems, reader.faults.length > 0);
  return { signals, rejections: time.ok ? rejections : [time.rejection, ...rejections] };
}

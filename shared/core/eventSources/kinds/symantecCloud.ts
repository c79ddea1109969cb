import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { INCIDENT_SEVERITIES } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import type { ReadTime } from '../../ingest/arrival.ts';
import { isBlank } from '../../ingest/partReader.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import type { SourceReader } from '../sourceEvent.ts';
import {
  addTimeFault,
  contentIdOf,
  createEventReading,
  readCategory,
  readSeverity,
  textOf,
  toIncidentSignals,
  type EventReading,
  type Stamp,
} from './eventReading.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';

const ELASTIC = 'elastic/integrations, packages/symantec_endpoint_security, value lists';
const INFERRED =
  'the number is listed in elastic/integrations; which of them a phone uses is not public';

const WHAT = [
  'detection',
  'networkDetection',
  'incidentOpen',
  'incidentClosed',
  'incidentPart',
  'compliance',
  'assessment',
  'signOfLife',
  'nothing',
] as const;

/**
 * The events of Symantec Endpoint Security (Integrated Cyber Defense schema), from the event export and from event
 * streaming.
 */
export const SYMANTEC_CLOUD: MappingTable = {
  kind: 'sesEventExport',
  version: 1,
  fields: {
    device_os_type_id: ['phone', 'other'],
    type_id: WHAT,
    category_id: ['security', 'other'],
    severity_id: [...INCIDENT_SEVERITIES, 'none'],
    status_id: ['success', 'failure', 'unknown'],
    'threat.type_id': THREAT_TYPES,
    id: ['removed', 'remains'],
  },
  rows: [
    ...rowsOf('device_os_type_id', ELASTIC, {
      '500': 'phone',
      '501': 'phone',
      '503': 'phone',
      '100': 'other',
      '200': 'other',
      '300': 'other',
      '400': 'other',
    }),
    ...rowsOf('type_id', INFERRED, {
      '8031': 'detection',
      '8027': 'detection',
      '8038': 'detection',
      '8040': 'networkDetection',
      '8061': 'nothing',
      '8070': 'compliance',
      '8071': 'compliance',
      '8075': 'incidentOpen',
      '8076': 'incidentOpen',
      '8077': 'incidentClosed',
      '8078': 'incidentPart',
      '8020': 'assessment',
      '1000': 'signOfLife',
      '2': 'signOfLife',
      '3': 'signOfLife',
      '4': 'nothing',
      '20': 'nothing',
      '21': 'nothing',
      '22': 'nothing',
    }),
    ...rowsOf('category_id', ELASTIC, {
      '1': 'security',
      '2': 'other',
      '3': 'other',
      '4': 'other',
      '5': 'other',
      '6': 'other',
    }),
    // Unknown, informational, warning, minor, major, critical, fatal.
    ...rowsOf('severity_id', ELASTIC, {
      '0': 'high',
      '1': 'none',
      '2': 'low',
      '3': 'medium',
      '4': 'high',
      '5': 'high',
      '6': 'high',
    }),
    ...rowsOf('status_id', ELASTIC, {
      '0': 'unknown',
      '1': 'success',
      '2': 'failure',
      '3': 'unknown',
      '4': 'unknown',
    }),
    ...rowsOf('threat.type_id', ELASTIC, {
      '1': 'malware',
      '2': 'suspiciousApp',
      '3': 'unwantedApp',
      '4': 'exploitAttempt',
      '5': 'suspiciousApp',
      '6': 'suspiciousApp',
    }),
    ...rowsOf('id', 'demisto/content and elastic/integrations: outcome of a detection', {
      '1': 'removed',
      '5': 'removed',
      '6': 'removed',
      '7': 'removed',
      '11': 'removed',
      '12': 'removed',
      '15': 'removed',
      '2': 'remains',
      '3': 'remains',
      '4': 'remains',
      '8': 'remains',
      '13': 'remains',
      '14': 'remains',
      '16': 'remains',
    }),
  ],
};

const find = toFindMeaning(SYMANTEC_CLOUD);

/** One event, with what every part of it needs. */
interface CloudEvent {
  readonly event: JsonObject;
  readonly reading: EventReading;
  readonly time: ReadTime;
  readonly moment: unknown;
  readonly id: string;
  readonly sourceId: string;
}

/** Reads an event of Symantec Endpoint Security. Most of its events are about servers, and about its administrators. */
export const readSymantecCloud: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const { sourceId } = context;
  // The same event comes by the export and by streaming: one fact of one source each.
  const reading = createEventReading('symantecCloud', context, find);
  if (event === undefined) {
    reading.reader.addProblem('', 'must be object');
    return reading.end([]);
  }
  if (!isAboutPhone(reading, event)) return reading.end([], false);
  nameDevice(reading, event);
  const what = whatOf(reading, event);
  if (what === 'nothing' || (isIncident(what) && reading.identifiers.length === 0))
    return reading.end([], false);
  const moment = event['device_time'] ?? event['time'];
  const time = reading.readTime(moment, '/time');
  const id = textOf(event['uuid']) ?? contentIdOf(event);
  return reading.end(toSignals({ event, reading, time, moment, id, sourceId }, what));
};

/** An event without an operating system is about a phone: it may be bad news. */
function isAboutPhone({ meaning }: EventReading, event: JsonObject): boolean {
  return meaning('device_os_type_id', event['device_os_type_id']) !== 'other';
}

/** `device_uid` and `device_ref_uid` are Symantec's own, of no known kind, so they are tried as each. */
function nameDevice({ name }: EventReading, event: JsonObject): void {
  const uids = [event['device_ref_uid'], event['device_uid']];
  for (const each of ['deviceId', 'managedDeviceId', 'udid'] as const)
    for (const uid of uids) name(each, uid);
  name('serialNumber', event['device_serial_number']);
  name('imei', event['device_imei']);
  name('wiFiMacAddress', event['device_mac']);
}

type What = (typeof WHAT)[number];

/** An unknown type of a security event counts as a detection; of another event it counts for nothing. */
function whatOf({ meaning }: EventReading, event: JsonObject): What {
  const known = WHAT.find((each) => each === meaning('type_id', event['type_id']));
  const category = meaning('category_id', event['category_id']);
  if (known !== undefined) return known;
  const isQuiet = category === 'other' && isBlank(event['threat']);
  return isQuiet ? 'nothing' : 'detection';
}

/** Symantec's incidents name no device, except in the events that belong to them. */
function isIncident(what: What): boolean {
  return what === 'incidentOpen' || what === 'incidentClosed' || what === 'incidentPart';
}

function toSignals(cloud: CloudEvent, what: Exclude<What, 'nothing'>): readonly UndirectedSignal[] {
  switch (what) {
    case 'signOfLife':
      return readSign(cloud, false);
    case 'assessment':
      return readSign(cloud, true);
    case 'compliance':
      return readCompliance(cloud);
    case 'incidentOpen':
    case 'incidentClosed':
    case 'incidentPart':
      return readIncident(cloud, what);
    case 'detection':
    case 'networkDetection':
      return readDetection(cloud, what === 'networkDetection');
    default:
      return what satisfies never;
  }
}

/** A scan that ended well is an assessment; anything else that the app does shows that it lives. */
function readSign(cloud: CloudEvent, isAssessment: boolean): readonly UndirectedSignal[] {
  const { event, reading, time, id } = cloud;
  const isFailure = reading.meaning('status_id', event['status_id']) === 'failure';
  if (!isBlank(event['threat'])) return readDetection(cloud, false);
  if (!time.ok || isFailure) return [];
  const stamp = reading.stamp(time, id);
  return [
    { ...stamp, type: 'heartbeat' },
    ...(isAssessment
      ? [{ ...stamp, type: 'riskReported' as const, riskLevel: 'minimal' as const }]
      : []),
  ];
}

function readCompliance(cloud: CloudEvent): readonly UndirectedSignal[] {
  const { event, reading } = cloud;
  const isCompliant = reading.reader.flag({
    path: '/device_is_compliant',
    field: 'compliance',
    value: event['device_is_compliant'],
    worst: false,
  });
  if (isCompliant === undefined) return readSign(cloud, false);
  const isUnrated = isCompliant || isBlank(event['severity_id']);
  const severity = isUnrated
    ? 'medium'
    : readSeverity(reading, 'severity_id', event['severity_id']);
  return toThreat(cloud, 'compliance', {
    category: 'physical',
    incidentId: 'compliance',
    threatType: 'deviceNotCompliant',
    // Symantec calls the device noncompliant, however informational the event is.
    severity: severity === 'none' ? 'low' : severity,
    isOver: isCompliant,
    title: textOf(event['message']),
  });
}

function readIncident(
  cloud: CloudEvent,
  what: 'incidentOpen' | 'incidentClosed' | 'incidentPart',
): readonly UndirectedSignal[] {
  const { event, reading, sourceId } = cloud;
  const threatType = threatTypeOf(reading, event);
  const severity = readSeverity(reading, 'severity_id', event['severity_id']);
  const id = textOf(event['incident_uid']) ?? textOf(event['ref_incident_uid']);
  return toThreat(cloud, 'incident', {
    ...readCategory(reading, undefined, threatType, textOf(event['detection_type']) ?? 'incident'),
    incidentId: id ?? toSignalId(sourceId, textOf(event['rule_name']) ?? ''),
    threatType: threatType ?? textOf(event['rule_name'])?.slice(0, 128) ?? 'unknown',
    severity,
    isOver: what === 'incidentClosed',
    // The end of an incident names no device, so it cannot end this part of it.
    isDetectionOnly: what === 'incidentPart',
    title: textOf(event['message']) ?? textOf(event['conclusion']),
  });
}

/** The same threat in the same file or network is one incident, however often it is detected. */
function readDetection(cloud: CloudEvent, isNetwork: boolean): readonly UndirectedSignal[] {
  const { event, reading, sourceId } = cloud;
  const threat = threatOf(event);
  const file = asJsonObject(event['file']) ?? {};
  const name = textOf(threat['name']) ?? textOf(threat['id']);
  const known = threatTypeOf(reading, event);
  const threatType = known ?? (isNetwork ? 'manInTheMiddle' : undefined);
  const outcome = reading.meaning('id', event['id']);
  const severity = readSeverity(reading, 'severity_id', event['severity_id']);
  const isRemoved = outcome === 'removed';
  // A threat that was found and stays counts, however informational its event is. A bare unknown event does not.
  const isThreat = name !== undefined || known !== undefined || isNetwork;
  const counted = severity === 'none' && isThreat ? 'low' : severity;
  const word = textOf(event['type_id']);
  return toThreat(cloud, 'detection', {
    ...readCategory(reading, isNetwork ? 'network' : undefined, threatType, name ?? word),
    incidentId: toSignalId(
      sourceId,
      word ?? '',
      name ?? '',
      textOf(file['sha2']) ?? networkOf(event),
    ),
    threatType: threatType ?? name?.slice(0, 128) ?? 'unknown',
    severity: counted,
    isOver: isRemoved,
    isDetectionOnly: true,
    title: name ?? textOf(event['message']),
    resource: textOf(file['name']) ?? networkOf(event),
  });
}

function toThreat(
  { reading, time, moment, id }: CloudEvent,
  fact: string,
  threat: Parameters<typeof toIncidentSignals>[3],
): readonly UndirectedSignal[] {
  addTimeFault(reading, time, moment);
  const stamp: Stamp = reading.stamp(time, id, fact);
  return toIncidentSignals(reading, time, stamp, threat);
}

function threatOf(event: JsonObject): JsonObject {
  const [first] = Array.isArray(event['threats']) ? (event['threats'] as unknown[]) : [];
  return asJsonObject(event['threat']) ?? asJsonObject(first) ?? {};
}

function threatTypeOf({ meaning }: EventReading, event: JsonObject): string | undefined {
  return meaning('threat.type_id', threatOf(event)['type_id']);
}

function networkOf(event: JsonObject): string {
  const [first] = Array.isArray(event['device_networks'])
    ? (event['device_networks'] as unknown[])
    : [];
  return textOf(asJsonObject(first)?.['ssid']) ?? '';
}

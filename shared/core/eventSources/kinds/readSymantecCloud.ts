import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { isBlank } from '../../ingest/partReader.ts';
import type { SourceReader } from '../sourceEvent.ts';
import { EventReading, type EventTime } from './eventReading.ts';
import { contentIdOf, firstTextOf, idOf, listOf, textOf } from './fieldText.ts';
import { toFindMeaning } from './mappingTable.ts';
import { SYMANTEC_CLOUD, SYMANTEC_EVENTS, type SymantecEvent } from './symantecCloud.ts';
import { readCategory, readSeverity, toIncidentSignals, type ThreatFact } from './threatFacts.ts';
import { readRiskLevel, toVerdictSignals } from './verdictFacts.ts';

const find = toFindMeaning(SYMANTEC_CLOUD);
const NOTHING: JsonObject = {};

/** One event, with what every part of it needs. */
interface CloudEvent {
  readonly event: JsonObject;
  readonly reading: EventReading;
  readonly time: EventTime;
  readonly id: string;
  readonly what: SymantecEvent;
}

/** Reads an event of Symantec Endpoint Security. Most of its events are about servers, and about its administrators. */
export const readSymantecCloud: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = new EventReading('symantecCloud', context, find);
  if (event === undefined) return reading.endWithout();
  const { device_os_type_id: system } = event;
  // An event without an operating system is about a phone: it may be bad news.
  if (reading.meaning('device_os_type_id', system) === 'other') return reading.end([], false);
  nameDevice(reading, event);
  const what = whatOf(reading, event);
  // Symantec's incidents name neither device nor system. The events that belong to them do.
  const isAboutNoDevice =
    what.startsWith('incident') && reading.identifiers.length === 0 && isBlank(system);
  if (what === 'nothing' || isAboutNoDevice) return reading.end([], false);
  const time = reading.readTime({ '/device_time': event['device_time'], '/time': event['time'] });
  const id = textOf(event['uuid']) ?? contentIdOf(event);
  const cloud: CloudEvent = { event, reading, time, id, what };
  return reading.end([...toSignals(cloud), ...readLevel(cloud)]);
};

const OWN_IDS = ['deviceId', 'managedDeviceId', 'udid'] as const;

/** `device_uid` and `device_ref_uid` are Symantec's own, of no known kind, so they are tried as each. */
function nameDevice(reading: EventReading, event: JsonObject): void {
  reading.nameAny(OWN_IDS, event['device_ref_uid']);
  reading.nameAny(OWN_IDS, event['device_uid']);
  reading.name('serialNumber', event['device_serial_number']);
  reading.name('imei', event['device_imei']);
  reading.name('wiFiMacAddress', event['device_mac']);
}

/** The parts of `event_id`, which is the type times 1000 plus the outcome. */
const OUTCOMES_A_TYPE = 1000;

/**
 * An unknown type counts as a detection, unless the event names no threat, and its category or its severity says that it
 * reports none.
 */
function whatOf(reading: EventReading, event: JsonObject): SymantecEvent {
  const meaning = reading.meaning('type_id', event['type_id'] ?? partOf(event, 'type'));
  const known = SYMANTEC_EVENTS.find((each) => each === meaning);
  if (known !== undefined) return known;
  const isQuiet =
    reading.meaning('category_id', event['category_id']) === 'other' ||
    reading.meaning('severity_id', event['severity_id']) === 'none';
  return isQuiet && threatsOf(event).length === 0 ? 'change' : 'detection';
}

function partOf(event: JsonObject, part: 'type' | 'outcome'): number | undefined {
  const whole = Number(textOf(event['event_id']));
  if (!Number.isSafeInteger(whole) || whole < OUTCOMES_A_TYPE) return undefined;
  return part === 'type' ? Math.floor(whole / OUTCOMES_A_TYPE) : whole % OUTCOMES_A_TYPE;
}

function toSignals(cloud: CloudEvent): readonly UndirectedSignal[] {
  switch (cloud.what) {
    case 'nothing':
      return [];
    case 'signOfLife':
    case 'assessment':
    case 'change':
      return readState(cloud);
    case 'compliance':
      return readCompliance(cloud);
    case 'incidentOpen':
    case 'incidentUpdate':
    case 'incidentClosed':
    case 'incidentPart':
      return readIncident(cloud);
    case 'detection':
    case 'fileDetection':
    case 'networkDetection':
      return readDetections(cloud);
    default:
      return cloud.what satisfies never;
  }
}

/**
 * What the app or its cloud reports of itself. It is a sign of life if it succeeded, and a scan that found nothing is an
 * assessment. With a threat, or with the severity of one, it is a detection whatever its type is.
 */
function readState(cloud: CloudEvent): readonly UndirectedSignal[] {
  const { event, reading, time, id, what } = cloud;
  if (threatsOf(event).length > 0 || countOf(event, 'num_unresolved') > 0 || isAlarm(cloud))
    return readDetections(cloud);
  const isFailure = reading.meaning('status_id', event['status_id']) === 'failure';
  if (what === 'change' || !time.read.ok || isFailure) return [];
  const stamp = reading.stamp(time, id, 'sign');
  const isClean = what === 'assessment' && countOf(event, 'num_detections') === 0;
  return [
    { ...stamp, type: 'heartbeat' },
    ...(isClean ? toVerdictSignals(reading, time, reading.stamp(time, id, 'scan'), {}) : []),
  ];
}

/** A severity of a threat, or an unknown one. `0` says that there is none, which an event without a threat may have. */
function isAlarm({ event, reading }: CloudEvent): boolean {
  const { severity_id: value } = event;
  if (isBlank(value) || textOf(value) === '0') return false;
  const severity = reading.meaning('severity_id', value);
  return severity !== 'none' && severity !== 'low';
}

function countOf(event: JsonObject, name: string): number {
  const count = Number(textOf(event[name]));
  return Number.isNaN(count) ? 0 : count;
}

function readCompliance(cloud: CloudEvent): readonly UndirectedSignal[] {
  const { event, reading } = cloud;
  const isCompliant = reading.reader.flag({
    path: '/device_is_compliant',
    field: 'compliance',
    value: event['device_is_compliant'],
    worst: false,
  });
  if (isCompliant === undefined) return readState(cloud);
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

function readIncident(cloud: CloudEvent): readonly UndirectedSignal[] {
  const { event, reading, what } = cloud;
  const threat = asJsonObject(threatsOf(event)[0]) ?? NOTHING;
  const known = reading.meaning('threat.type_id', threat['type_id']);
  const rule = textOf(event['rule_name']);
  const severity = readSeverity(reading, 'severity_id', event['severity_id']);
  const state = reading.meaning('state_id', event['state_id']);
  const word = firstTextOf(event['detection_type'], rule) ?? 'incident';
  return toThreat(cloud, 'incident', {
    ...readCategory(reading, undefined, known, word),
    incidentId: firstTextOf(event['incident_uid'], event['ref_incident_uid']) ?? idOf(rule),
    threatType: known ?? firstTextOf(threat['name'], rule),
    // An incident is one, however informational its event is.
    severity: severity === 'none' ? 'low' : severity,
    isOver: what === 'incidentClosed' || (what === 'incidentUpdate' && state === 'resolved'),
    // The end of an incident names no device, so it cannot end this part of it.
    isDetectionOnly: what === 'incidentPart',
    title: firstTextOf(event['message'], event['conclusion']),
  });
}

function readDetections(cloud: CloudEvent): readonly UndirectedSignal[] {
  const threats = threatsOf(cloud.event);
  return (threats.length === 0 ? [NOTHING] : threats).flatMap((threat, at) =>
    readDetection(cloud, threat, at),
  );
}

const DEFENCE_OF: Readonly<Partial<Record<SymantecEvent, string>>> = {
  fileDetection: 'application',
  networkDetection: 'network',
};

/** The same threat in the same file or network is one incident, however often it is detected. Nothing else ends it. */
function readDetection(
  cloud: CloudEvent,
  threat: JsonObject,
  at: number,
): readonly UndirectedSignal[] {
  const { event, reading, what } = cloud;
  if (at > 0) reading.beginFact();
  const file = asJsonObject(event['file']) ?? NOTHING;
  const name = firstTextOf(threat['name'], threat['id']);
  const known = reading.meaning('threat.type_id', threat['type_id']);
  const threatType = known ?? name ?? (what === 'networkDetection' ? 'manInTheMiddle' : undefined);
  const outcome = reading.meaning('id', event['id'] ?? partOf(event, 'outcome'));
  const severity = readSeverity(reading, 'severity_id', event['severity_id']);
  const type = firstTextOf(event['type_id'], event['event_id']);
  const network = networkOf(event);
  return toThreat(cloud, `detection ${String(at)}`, {
    ...readCategory(reading, DEFENCE_OF[what], threatType, name ?? type),
    incidentId: idOf(type, name, firstTextOf(file['sha2'], file['name'], network)),
    threatType,
    // A threat that was found and stays counts, however informational its event is.
    severity: severity === 'none' ? 'low' : severity,
    isOver: outcome === 'removed',
    isDetectionOnly: true,
    title: firstTextOf(name, event['message']),
    resource: firstTextOf(file['name'], network),
  });
}

function toThreat(
  { reading, time, id }: CloudEvent,
  fact: string,
  threat: ThreatFact,
): readonly UndirectedSignal[] {
  return toIncidentSignals(reading, time, reading.stamp(time, id, fact), threat);
}

/** Symantec's own verdict on the device. */
function readLevel({ event, reading, time, id }: CloudEvent): readonly UndirectedSignal[] {
  const { curr_security_level_id: value } = event;
  if (isBlank(value)) return [];
  reading.beginFact();
  const isCompromised = reading.meaning('curr_security_level_id', value) === 'compromised';
  const riskLevel = isCompromised
    ? 'high'
    : readRiskLevel(reading, 'curr_security_level_id', value);
  if (riskLevel === undefined) return [];
  return toVerdictSignals(reading, time, reading.stamp(time, id, 'level'), {
    riskLevel,
    healthState: isCompromised ? 'compromised' : undefined,
  });
}

/** The threats of an event: `threat`, and the members of `threats` beside it, each once. */
function threatsOf(event: JsonObject): readonly JsonObject[] {
  const { threat, threats } = event;
  if (isBlank(threat) && isBlank(threats)) return [];
  const all = [...listOf(threat), ...listOf(threats)].map((each) => asJsonObject(each) ?? NOTHING);
  const named = new Map(all.map((each) => [firstTextOf(each['name'], each['id']), each]));
  return [...named.values()];
}

function networkOf(event: JsonObject): string | undefined {
  const [first] = listOf(event['device_networks']);
  return textOf(asJsonObject(first)?.['ssid']);
}

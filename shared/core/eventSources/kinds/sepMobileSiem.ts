import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
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
} from './eventReading.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';

const EXABEAM =
  'ExabeamLabs/Content-Doc, Symantec_Endpoint_Protection_Mobile, pC_ssepmobilealert1 to 5';
const INFERRED = 'inferred: the values of this field are not public';

/** SEP Mobile's SIEM export: one JSON object an event, pushed over HTTP or syslog. */
export const SEP_MOBILE_SIEM: MappingTable = {
  kind: 'sepMobileSiem',
  version: 1,
  fields: {
    type: DEFENCES,
    sub_type: THREAT_TYPES,
    event_type: ['open', 'resolved', 'nothing'],
    severity: [...INCIDENT_SEVERITIES, 'none'],
    health_status: ['assessed', 'compromised', 'misconfigured', 'deactivated', 'nothing'],
    mdm_status: ['deactivated', 'nothing'],
    current_risk_warnings: [...RISK_LEVELS, 'nothing'],
    current_health_warnings: ['compromised', 'misconfigured', 'deactivated', 'nothing'],
  },
  rows: [
    ...rowsOf('type', EXABEAM, {
      Malware: 'application',
      UnwantedApp: 'application',
      Network: 'network',
      DeviceCompromised: 'physical',
      VulnerableOs: 'vulnerability',
    }),
    ...rowsOf('severity', 'ExabeamLabs/Content-Doc, alert_severity; the words are inferred', {
      low: 'low',
      medium: 'medium',
      moderate: 'medium',
      high: 'high',
      critical: 'high',
      informational: 'none',
      info: 'none',
    }),
    ...rowsOf('event_type', INFERRED, {
      open: 'open',
      opened: 'open',
      new: 'open',
      created: 'open',
      detected: 'open',
      active: 'open',
      updated: 'open',
      update: 'open',
      closed: 'resolved',
      resolved: 'resolved',
      ended: 'resolved',
      removed: 'resolved',
      mitigated: 'resolved',
    }),
    ...rowsOf('sub_type', INFERRED, {
      malware: 'malware',
      'malicious app': 'malware',
      'unwanted app': 'unwantedApp',
      'suspicious app': 'suspiciousApp',
      'sideloaded app': 'sideloadedApp',
      'ssl decryption': 'sslDecryption',
      'ssl stripping': 'sslStripping',
      'arp spoofing': 'arpSpoofing',
      'rogue access point': 'rogueAccessPoint',
      'man in the middle': 'manInTheMiddle',
      'content manipulation': 'contentManipulation',
      'malicious profile': 'untrustedProfile',
      rooted: 'jailbrokenOrRooted',
      jailbroken: 'jailbrokenOrRooted',
    }),
    ...rowsOf('health_status', INFERRED, {
      healthy: 'assessed',
      protected: 'assessed',
      secured: 'assessed',
      compromised: 'compromised',
      misconfigured: 'misconfigured',
      unprotected: 'deactivated',
      deactivated: 'deactivated',
    }),
  ],
};

const find = toFindMeaning(SEP_MOBILE_SIEM);

/** The catalogue's threat for an alert whose name is not known. */
const THREAT_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['malware', 'malware'],
  ['unwantedapp', 'unwantedApp'],
  ['network', 'manInTheMiddle'],
  ['devicecompromised', 'jailbrokenOrRooted'],
  ['vulnerableos', 'highVulnerability'],
]);

/** Reads an event of SEP Mobile's SIEM export. */
export const readSepMobileSiem: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = createEventReading('sepMobileSiem', context, find);
  if (event === undefined) {
    reading.reader.addProblem('', 'must be object');
    return reading.end([]);
  }
  const device = asJsonObject(event['device']) ?? {};
  nameDevice(reading, event, device);
  const isAlert = event['type'] !== undefined || event['severity'] !== undefined;
  return reading.end([
    ...(isAlert ? readAlert(reading, event, context.sourceId) : []),
    ...readHealth(reading, event, device, isAlert),
  ]);
};

/** No field has Entra's id. `identifier` is of no known kind, so it is tried as each. */
function nameDevice(reading: EventReading, event: JsonObject, device: JsonObject): void {
  const of = (name: string): unknown => device[name] ?? event[name];
  for (const name of ['deviceId', 'managedDeviceId'] as const) reading.name(name, of('identifier'));
  reading.name('serialNumber', of('serial_number'));
  reading.name('udid', of('udid'));
  reading.name('serialNumber', of('identifier'));
  reading.name('udid', of('identifier'));
  reading.name('imei', of('imei'));
  reading.name('wiFiMacAddress', of('mac_address'));
}

function readAlert(
  reading: EventReading,
  event: JsonObject,
  sourceId: string,
): readonly UndirectedSignal[] {
  const { reader, meaning } = reading;
  const time = reading.readTime(event['timestamp'], '/timestamp');
  const type = textOf(event['type']);
  const subType = textOf(event['sub_type']);
  const threatType =
    meaning('sub_type', event['sub_type']) ?? THREAT_OF_TYPE.get(type?.toLowerCase() ?? '');
  const category = readCategory(reading, meaning('type', event['type']), threatType, type);
  const severity = readSeverity(reading, 'severity', event['severity']);
  const state = meaning('event_type', event['event_type']);
  if (state === 'nothing') return [];
  if (state === undefined && textOf(event['event_type']) !== undefined) {
    reader.addProblem('/event_type', 'has no row in the mapping, so it counts as open');
    reader.addFault('state', event['event_type']);
  }
  addTimeFault(reading, time, event['timestamp']);
  const evidence = textOf(event['package_name']) ?? textOf(event['apk_hash']);
  const id = textOf(event['id']) ?? toSignalId(sourceId, type ?? '', subType ?? '', evidence ?? '');
  const stamp = reading.stamp(
    time,
    id,
    String(event['event_type']),
    time.ok ? time.observedDateTime : String(event['timestamp']),
    severity,
  );
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId: id,
    threatType: threatType ?? subType?.slice(0, 128) ?? 'unknown',
    severity,
    isOver: state === 'resolved',
    title: subType ?? type,
    resource: evidence,
  });
}

/**
 * The state of the app beside an alert. These words are not public, so in an alert an unknown one is counted and costs that
 * word alone; an event that says nothing else counts as the worst.
 */
function readHealth(
  reading: EventReading,
  event: JsonObject,
  device: JsonObject,
  isAlert: boolean,
): readonly UndirectedSignal[] {
  const of = (name: string): unknown => device[name] ?? event[name];
  const words = [
    reading.meaning('health_status', of('health_status')),
    reading.meaning('mdm_status', of('mdm_status')),
    ...listOf(of('current_health_warnings')).map((each) =>
      reading.meaning('current_health_warnings', each),
    ),
  ];
  const levels = listOf(of('current_risk_warnings')).map((each) =>
    reading.meaning('current_risk_warnings', each),
  );
  const level = RISK_LEVELS.findLast((each) => levels.includes(each));
  const health = (['compromised', 'misconfigured'] as const).find((each) => words.includes(each));
  const isUnknown = !isAlert && [...words, ...levels].every((each) => each === undefined);
  if (isUnknown) return readUnknown(reading, event, of('health_status'));
  const time = reading.readTime(event['timestamp'], '/timestamp');
  const stamp = (fact: string): ReturnType<EventReading['stamp']> =>
    reading.stamp(time, fact, String(event['id']), String(event['timestamp']), String(health));
  const isBad = health !== undefined || (level !== undefined && level !== 'minimal');
  const isAssessed = words.includes('assessed') || level !== undefined || health !== undefined;
  return [
    ...(isAssessed && (time.ok || isBad)
      ? [
          {
            ...stamp('health'),
            type: 'riskReported' as const,
            riskLevel: time.ok ? (level ?? 'minimal') : 'high',
            ...(health === undefined ? {} : { healthState: health }),
          },
        ]
      : []),
    ...(words.includes('deactivated')
      ? [{ ...stamp('deactivated'), type: 'deactivated' as const }]
      : []),
  ];
}

function readUnknown(
  reading: EventReading,
  event: JsonObject,
  word: unknown,
): readonly UndirectedSignal[] {
  const time = reading.readTime(event['timestamp'], '/timestamp');
  reading.reader.addProblem(
    '',
    'has neither `type` nor a word on the health of the app with a row',
  );
  const fault = { field: 'event', word: textOf(word)?.slice(0, 64) ?? 'missing' };
  const stamp = reading.stamp(time, 'unknown', contentIdOf(event));
  return [{ ...stamp, type: 'reportUnreadable', kind: 'event', fault }];
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, 20) as unknown[];
  return textOf(value) === undefined ? [] : [value];
}

import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import {
  DEFENCES,
  INCIDENT_SEVERITIES,
  RISK_LEVELS,
  type RiskLevel,
} from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { isBlank } from '../../ingest/partReader.ts';
import type { SourceReader } from '../sourceEvent.ts';
import { EventReading, type EventTime } from './eventReading.ts';
import { contentIdOf, idOf, listOf, textOf } from './fieldText.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';
import { addStateFault, readCategory, readSeverity, toIncidentSignals } from './threatFacts.ts';
import {
  readHealthWord,
  readRiskLevel,
  toVerdictSignals,
  worseLevel,
  worstHealth,
} from './verdictFacts.ts';

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
    ...rowsOf('current_risk_warnings', INFERRED, {
      none: 'nothing',
      minimal: 'minimal',
      low: 'low',
      medium: 'medium',
      high: 'high',
    }),
    ...rowsOf('current_health_warnings', INFERRED, { none: 'nothing' }),
  ],
};

const find = toFindMeaning(SEP_MOBILE_SIEM);

/** The catalogue's threat for an alert without a name. */
const THREAT_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['malware', 'malware'],
  ['unwantedapp', 'unwantedApp'],
  ['network', 'manInTheMiddle'],
  ['devicecompromised', 'jailbrokenOrRooted'],
  ['vulnerableos', 'highVulnerability'],
]);

/** The fields of a device stand in `device`, and other writers put them beside it. */
type FieldOf = (name: string) => unknown;

/** Reads an event of SEP Mobile's SIEM export. */
export const readSepMobileSiem: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = new EventReading('sepMobileSiem', context, find);
  if (event === undefined) return reading.endWithout();
  const device = asJsonObject(event['device']);
  const fieldOf: FieldOf = (name) => device?.[name] ?? event[name];
  nameDevice(reading, fieldOf);
  const time = reading.readTime({ '/timestamp': event['timestamp'] });
  const isAlert = ['type', 'sub_type', 'event_type', 'severity'].some(
    (name) => !isBlank(event[name]),
  );
  const alert = isAlert ? readAlert(reading, event, time) : [];
  reading.beginFact();
  const health = readHealth(reading, event, fieldOf, time);
  if (isAlert || health !== undefined) return reading.end([...alert, ...(health ?? [])]);
  return reading.endUnreadable(time, contentIdOf(event), 'type', event['type']);
};

/** No field has Entra's id. `identifier` is of no known kind, so it is tried as each. */
function nameDevice(reading: EventReading, fieldOf: FieldOf): void {
  reading.name('serialNumber', fieldOf('serial_number'));
  reading.name('udid', fieldOf('udid'));
  reading.nameAny(['deviceId', 'managedDeviceId', 'serialNumber', 'udid'], fieldOf('identifier'));
  reading.name('imei', fieldOf('imei'));
  reading.name('wiFiMacAddress', fieldOf('mac_address'));
}

function readAlert(
  reading: EventReading,
  event: JsonObject,
  time: EventTime,
): readonly UndirectedSignal[] {
  const { event_type: stateWord } = event;
  const type = textOf(event['type']);
  const subType = textOf(event['sub_type']);
  const threatType =
    reading.meaning('sub_type', event['sub_type']) ??
    subType ??
    THREAT_OF_TYPE.get(type?.toLowerCase() ?? '');
  const defence = reading.meaning('type', event['type']);
  const category = readCategory(reading, defence, threatType, event['type']);
  const severity = readSeverity(reading, 'severity', event['severity']);
  const state = reading.meaning('event_type', stateWord);
  if (state === 'nothing') return [];
  if (state === undefined) addStateFault(reading, '/event_type', stateWord);
  const evidence = textOf(event['package_name']) ?? textOf(event['apk_hash']);
  // Without an id, the same alert about the same app or network is the same incident.
  const incidentId = textOf(event['id']) ?? idOf(type, subType, evidence);
  const stamp = reading.stamp(time, incidentId, 'alert', state, severity);
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId,
    threatType,
    severity,
    isOver: state === 'resolved',
    title: subType ?? type,
    resource: evidence,
  });
}

const HEALTH_FIELDS = [
  'health_status',
  'mdm_status',
  'current_health_warnings',
  'current_risk_warnings',
];

/** The state of the app and the device, which stands in every event; `undefined` if it has none. */
function readHealth(
  reading: EventReading,
  event: JsonObject,
  fieldOf: FieldOf,
  time: EventTime,
): readonly UndirectedSignal[] | undefined {
  if (HEALTH_FIELDS.every((name) => isBlank(fieldOf(name)))) return undefined;
  const words = [
    readHealthWord(reading, 'health_status', fieldOf('health_status')),
    ...listOf(fieldOf('current_health_warnings')).map((each) =>
      readHealthWord(reading, 'current_health_warnings', each),
    ),
    // It tells of the MDM, not of the device: an unknown word costs this word alone.
    reading.meaning('mdm_status', fieldOf('mdm_status')),
  ];
  const riskLevel = readLevel(reading, listOf(fieldOf('current_risk_warnings')));
  if (riskLevel === undefined && words.every((each) => each === undefined)) return undefined;
  const healthState = worstHealth(words);
  const isAssessed = words.includes('assessed') || riskLevel !== undefined;
  const stampOf = (fact: string): ReturnType<EventReading['stamp']> =>
    reading.stamp(time, textOf(event['id']) ?? contentIdOf(event), fact, riskLevel, healthState);
  return [
    ...(isAssessed || healthState !== undefined
      ? toVerdictSignals(reading, time, stampOf('health'), { riskLevel, healthState })
      : []),
    ...(words.includes('deactivated')
      ? [{ ...stampOf('deactivated'), type: 'deactivated' as const }]
      : []),
  ];
}

function readLevel(reading: EventReading, warnings: readonly unknown[]): RiskLevel | undefined {
  return warnings
    .map((each) => readRiskLevel(reading, 'current_risk_warnings', each))
    .reduce<RiskLevel | undefined>(worseLevel, undefined);
}

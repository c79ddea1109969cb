import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { isBlank } from '../../ingest/partReader.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import type { SourceReader } from '../sourceEvent.ts';
import {
  addTimeFault,
  createEventReading,
  readCategory,
  readSeverity,
  textOf,
  toIncidentSignals,
  type EventReading,
} from './eventReading.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';

const SENTINEL =
  'Azure/Azure-Sentinel, Solutions/Lookout, V2_FIELD_MAPPING.md and TEST_DATA_SAMPLES.json';
const INFERRED = 'inferred: the list of these words is not public';

/** Lookout's Mobile Risk API v2: one JSON object an event. */
export const LOOKOUT: MappingTable = {
  kind: 'lookout',
  version: 1,
  fields: {
    type: ['threat', 'device', 'smishing', 'nothing'],
    change_type: ['changed', 'deleted'],
    'threat.severity': [...INCIDENT_SEVERITIES, 'none'],
    'threat.status': ['open', 'resolved'],
    'threat.type': DEFENCES,
    'threat.classification': THREAT_TYPES,
    'device.security_status': RISK_LEVELS,
    'device.activation_status': ['activated', 'deactivated', 'nothing'],
  },
  rows: [
    ...rowsOf('type', SENTINEL, {
      THREAT: 'threat',
      DEVICE: 'device',
      SMISHING_ALERT: 'smishing',
      AUDIT: 'nothing',
    }),
    ...rowsOf('change_type', SENTINEL, { CREATE: 'changed', UPDATE: 'changed' }),
    ...rowsOf('change_type', INFERRED, {
      CREATED: 'changed',
      UPDATED: 'changed',
      DELETE: 'deleted',
      DELETED: 'deleted',
    }),
    ...rowsOf('threat.severity', SENTINEL, {
      LOW: 'low',
      MEDIUM: 'medium',
      HIGH: 'high',
      CRITICAL: 'high',
    }),
    ...rowsOf('threat.severity', INFERRED, { NONE: 'none', ADVISORY: 'none' }),
    ...rowsOf('threat.status', SENTINEL, { OPEN: 'open' }),
    ...rowsOf('threat.status', INFERRED, {
      ACTIVE: 'open',
      RESOLVED: 'resolved',
      CLOSED: 'resolved',
      IGNORED: 'resolved',
    }),
    ...rowsOf('threat.type', SENTINEL, { MALWARE: 'application' }),
    ...rowsOf('threat.type', INFERRED, {
      APPLICATION: 'application',
      FILE: 'application',
      CONFIGURATION: 'physical',
      NETWORK: 'network',
      WEB_CONTENT: 'network',
      OS: 'vulnerability',
    }),
    ...rowsOf('threat.classification', INFERRED, {
      MALWARE: 'malware',
      TROJAN: 'malware',
      SPYWARE: 'malware',
      SURVEILLANCEWARE: 'malware',
      RISKWARE: 'unwantedApp',
      ADWARE: 'unwantedApp',
      SIDELOADED_APP: 'sideloadedApp',
      ROOT_ENABLER: 'jailbrokenOrRooted',
      ROOT_JAILBREAK: 'jailbrokenOrRooted',
      JAILBREAK: 'jailbrokenOrRooted',
      MAN_IN_THE_MIDDLE: 'manInTheMiddle',
      ACTIVE_MITM: 'manInTheMiddle',
      ROGUE_WIFI: 'rogueAccessPoint',
      PHISHING_CONTENT: 'phishingSite',
      VULNERABILITY: 'highVulnerability',
      OUT_OF_DATE_OS: 'unsupportedOsVersion',
      DEVELOPER_MODE_ENABLED: 'developerModeEnabled',
      USB_DEBUGGING_ENABLED: 'usbDebuggingEnabled',
      PASSCODE_NOT_SET: 'passcodeDisabled',
      UNENCRYPTED: 'storageUnencrypted',
    }),
    ...rowsOf('device.security_status', SENTINEL, {
      SECURE: 'minimal',
      THREATS_LOW: 'low',
      THREATS_MEDIUM: 'medium',
      THREATS_HIGH: 'high',
    }),
    ...rowsOf('device.activation_status', SENTINEL, { ACTIVE: 'activated' }),
    ...rowsOf('device.activation_status', INFERRED, {
      ACTIVATED: 'activated',
      PENDING: 'nothing',
      DEACTIVATED: 'deactivated',
      DISCONNECTED: 'deactivated',
    }),
  ],
};

const find = toFindMeaning(LOOKOUT);

/** Reads an event of Lookout's Mobile Risk API v2. */
export const readLookout: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = createEventReading('lookout', context, find);
  if (event === undefined) {
    reading.reader.addProblem('', 'must be object');
    return reading.end([]);
  }
  const device = asJsonObject(event['device']) ?? {};
  nameDevice(reading, device);
  const kind = reading.meaning('type', event['type']);
  if (kind === 'nothing') return reading.end([], false);
  const threat = asJsonObject(event['threat']) ?? asJsonObject(event['smishing_alert']);
  return reading.end([
    ...(threat === undefined ? [] : readThreat(reading, event, threat, context.sourceId)),
    ...readDevice(reading, event, device),
    ...(kind === undefined && threat === undefined ? unknown(reading, event) : []),
  ]);
};

function nameDevice(reading: EventReading, device: JsonObject): void {
  const details = asJsonObject(device['details']) ?? {};
  for (const value of [details['external_id'], device['customer_device_id']])
    for (const name of ['deviceId', 'managedDeviceId', 'serialNumber', 'udid'] as const)
      reading.name(name, value);
  reading.name('serialNumber', device['serial_number']);
  reading.name('imei', device['imei']);
  reading.name('wiFiMacAddress', device['mac_address']);
}

function readThreat(
  reading: EventReading,
  event: JsonObject,
  threat: JsonObject,
  sourceId: string,
): readonly UndirectedSignal[] {
  const { meaning, reader } = reading;
  const isSmishing = event['threat'] === undefined || event['threat'] === null;
  const time = reading.readTime(event['created_time'], '/created_time');
  const classification = [threat['classification'], threat['classifications']]
    .flat()
    .find((each) => !isBlank(each));
  const word = textOf(classification) ?? textOf(threat['type']);
  const threatType = isSmishing ? 'phishingSite' : meaning('threat.classification', classification);
  const defence = isSmishing ? 'network' : meaning('threat.type', threat['type']);
  const category = readCategory(reading, defence, threatType, word);
  const severity = readSeverity(reading, 'threat.severity', threat['severity'] ?? threat['risk']);
  const status = isSmishing ? 'open' : meaning('threat.status', threat['status']);
  if (status === undefined && !isBlank(threat['status'])) {
    reader.addProblem('/threat/status', 'has no row in the mapping, so it counts as open');
    reader.addFault('state', threat['status']);
  }
  const isDeleted = meaning('change_type', event['change_type']) === 'deleted';
  addTimeFault(reading, time, event['created_time']);
  const id =
    textOf(threat['id']) ?? toSignalId(sourceId, word ?? '', String(threat['package_name']));
  const stamp = reading.stamp(time, textOf(event['id']) ?? id, 'threat', String(status));
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId: id,
    threatType: threatType ?? word?.slice(0, 128) ?? 'unknown',
    severity,
    isOver: status === 'resolved' || isDeleted,
    isDetectionOnly: isSmishing,
    title: textOf(threat['description']) ?? word,
    resource: textOf(threat['package_name']) ?? textOf(threat['application_name']),
  });
}

/** The state of the device stands in every event about it. */
function readDevice(
  reading: EventReading,
  event: JsonObject,
  device: JsonObject,
): readonly UndirectedSignal[] {
  const { meaning, reader } = reading;
  const time = reading.readTime(event['created_time'], '/created_time');
  const status = device['security_status'];
  const level = meaning('device.security_status', status);
  const isUnknown = level === undefined && !isBlank(status);
  if (isUnknown) reader.addFault('riskLevel', status);
  const riskLevel = isUnknown ? 'high' : RISK_LEVELS.find((each) => each === level);
  const activation = meaning('device.activation_status', device['activation_status']);
  const id = textOf(event['id']) ?? String(event['created_time']);
  const stamp = (fact: string): ReturnType<EventReading['stamp']> => reading.stamp(time, id, fact);
  const faults = reader.faults.filter(({ field }) => field === 'riskLevel');
  return [
    ...(riskLevel === undefined || (!time.ok && riskLevel === 'minimal')
      ? []
      : [
          {
            ...stamp('risk'),
            type: 'riskReported' as const,
            riskLevel: time.ok ? riskLevel : ('high' as const),
            ...(faults.length === 0 ? {} : { faults }),
          },
        ]),
    ...(activation === 'deactivated' ? [{ ...stamp('state'), type: 'deactivated' as const }] : []),
    ...readSigns(reading, device, activation, stamp('sign')),
  ];
}

/** The last check-in is a sign of life of its own time, the activation a fact of its own. */
function readSigns(
  reading: EventReading,
  device: JsonObject,
  activation: string | undefined,
  stamp: ReturnType<EventReading['stamp']>,
): readonly UndirectedSignal[] {
  const at = (field: string): string | undefined => {
    if (isBlank(device[field])) return undefined;
    const time = reading.readTime(device[field], `/device/${field}`);
    return time.ok ? time.observedDateTime : undefined;
  };
  const seen = at('checkin_time');
  const activated = activation === 'activated' ? at('activated_at') : undefined;
  return [
    ...(seen === undefined
      ? []
      : [{ ...stamp, observedDateTime: seen, type: 'heartbeat' as const }]),
    ...(activated === undefined
      ? []
      : [{ ...stamp, observedDateTime: activated, type: 'activated' as const }]),
  ];
}

function unknown(reading: EventReading, event: JsonObject): readonly UndirectedSignal[] {
  const time = reading.readTime(event['created_time'], '/created_time');
  reading.reader.addProblem('/type', 'has no row in the mapping');
  const fault = { field: 'type', word: textOf(event['type'])?.slice(0, 64) ?? 'missing' };
  const stamp = reading.stamp(
    time,
    textOf(event['id']) ?? String(event['created_time']),
    'unknown',
  );
  return [{ ...stamp, type: 'reportUnreadable', kind: 'event', fault }];
}

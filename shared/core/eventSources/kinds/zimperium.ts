import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import { isGuid } from '../../../base/guid.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import { isBlank } from '../../ingest/partReader.ts';
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

const SUMO = 'SumoLogic/sumologic-documentation, docs/integrations/saas-cloud/zimperium.md';
const INFERRED = 'inferred: Zimperium’s list of threat names is not public';

/** Zimperium's data export: one JSON object a threat, pushed to an HTTPS endpoint. */
export const ZIMPERIUM: MappingTable = {
  kind: 'zimperium',
  version: 1,
  fields: {
    severity: [...INCIDENT_SEVERITIES, 'none'],
    mitigated: ['open', 'resolved'],
    'threat.name': THREAT_TYPES,
    'threat.category': [...DEFENCES, 'nothing'],
    risk_posture: [...RISK_LEVELS, 'nothing'],
  },
  rows: [
    // 0 to 3 are hidden, low, important, critical; `forensics.severity` has the words.
    ...rowsOf('severity', SUMO, {
      '0': 'none',
      '1': 'low',
      '2': 'medium',
      '3': 'high',
      hidden: 'none',
      low: 'low',
      important: 'medium',
      critical: 'high',
    }),
    ...rowsOf('mitigated', SUMO, { true: 'resolved', false: 'open' }),
    ...rowsOf('threat.category', `${SUMO}; it says whether a threat stands alone`, {
      singular: 'nothing',
      composite: 'nothing',
    }),
    ...rowsOf('threat.name', INFERRED, {
      device_jailbroken: 'jailbrokenOrRooted',
      device_rooted: 'jailbrokenOrRooted',
      device_jailbroken_rooted: 'jailbrokenOrRooted',
      system_tampering: 'systemTampered',
      pin_disabled: 'passcodeDisabled',
      encryption_disabled: 'storageUnencrypted',
      usb_debugging_on: 'usbDebuggingEnabled',
      developer_options_on: 'developerModeEnabled',
      unknown_sources_on: 'unknownSourcesEnabled',
      mitm: 'manInTheMiddle',
      mitm_arp: 'arpSpoofing',
      mitm_ssl_strip: 'sslStripping',
      mitm_fake_ssl_certificate: 'sslDecryption',
      rogue_access_point: 'rogueAccessPoint',
      unsecured_wifi_network: 'openWifi',
      untrusted_profile: 'untrustedProfile',
      suspicious_profile: 'untrustedProfile',
      suspicious_android_app: 'malware',
      suspicious_ios_app: 'malware',
      sideloaded_app: 'sideloadedApp',
      phishing_url: 'phishingSite',
      vulnerable_android_version: 'highVulnerability',
      vulnerable_ios_version: 'highVulnerability',
    }),
  ],
};

const find = toFindMeaning(ZIMPERIUM);

/** Reads an event of Zimperium's data export. */
export const readZimperium: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = createEventReading('zimperium', context, find);
  if (event === undefined) {
    reading.reader.addProblem('', 'must be object');
    return reading.end([]);
  }
  const device = asJsonObject(event['device_info']) ?? {};
  nameDevice(reading, device);
  const isThreat = ['threat', 'severity', 'forensics'].some((name) => !isBlank(event[name]));
  const ofDevice = readDevice(reading, event, device);
  if (isThreat) return reading.end([...readThreat(reading, event, context.sourceId), ...ofDevice]);
  return reading.end(ofDevice.length > 0 ? ofDevice : readUnknown(reading, event));
};

function readUnknown(reading: EventReading, event: JsonObject): readonly UndirectedSignal[] {
  const time = reading.readTime(event['eventtimestamp'], '/eventtimestamp');
  reading.reader.addProblem('/threat', 'is required');
  const stamp = reading.stamp(time, 'unknown', contentIdOf(event));
  const fault = { field: 'threat', word: 'missing' };
  return [{ ...stamp, type: 'reportUnreadable', kind: 'event', fault }];
}

/** An iPhone has a UUID in `imei`; `mdm_device_id` may be null, and is the strongest where it is right. */
function nameDevice(reading: EventReading, device: JsonObject): void {
  const { mdm_device_id: mdm, imei, device_id: id } = device;
  for (const name of ['deviceId', 'managedDeviceId', 'udid'] as const) reading.name(name, mdm);
  reading.name('serialNumber', device['serial_number']);
  for (const each of [id, imei])
    if (typeof each === 'string' && isGuid(each.trim())) reading.name('udid', each);
  reading.name('serialNumber', id);
  reading.name('udid', id);
  reading.name('imei', imei);
}

function readThreat(
  reading: EventReading,
  event: JsonObject,
  sourceId: string,
): readonly UndirectedSignal[] {
  const { meaning, reader } = reading;
  const forensics = asJsonObject(event['forensics']) ?? {};
  const threat = asJsonObject(event['threat']) ?? {};
  const general = asJsonObject(threat['general']) ?? {};
  const moment = event['eventtimestamp'] ?? forensics['attack_time'];
  const time = reading.readTime(moment, '/eventtimestamp');
  const word = textOf(threat['name']);
  const threatType = meaning('threat.name', threat['name']);
  const defence = meaning('threat.category', threat['category']);
  const category = readCategory(reading, defence, threatType, word);
  const severity = readSeverity(reading, 'severity', event['severity'] ?? forensics['severity']);
  const state = meaning('mitigated', event['mitigated']);
  if (state === undefined && event['mitigated'] !== undefined && event['mitigated'] !== null) {
    reader.addProblem('/mitigated', 'must be boolean');
    reader.addFault('state', event['mitigated']);
  }
  addTimeFault(reading, time, moment);
  const evidence = [general['package_name'], general['network'], general['detected_url']];
  const resource = evidence.map(textOf).find((each) => each !== undefined && each !== 'null');
  const id = textOf(event['event_id']) ?? toSignalId(sourceId, word ?? '', resource ?? '');
  const stamp = reading.stamp(time, id, String(state), String(moment), severity);
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId: id,
    threatType: threatType ?? word?.slice(0, 128) ?? 'unknown',
    severity,
    isOver: state === 'resolved',
    title: textOf(threat['display_name']) ?? word,
    resource,
  });
}

/** The device's own state, which the app on it reports. */
function readDevice(
  reading: EventReading,
  event: JsonObject,
  device: JsonObject,
): readonly UndirectedSignal[] {
  const time = reading.readTime(event['eventtimestamp'], '/eventtimestamp');
  const jailbroken = reading.reader.flag({
    path: '/device_info/jailbroken',
    field: 'physical.jailbrokenOrRooted',
    value: device['jailbroken'],
    worst: true,
  });
  const level = RISK_LEVELS.find(
    (each) => each === reading.meaning('risk_posture', event['risk_posture']),
  );
  const stamp = reading.stamp(time, 'device', String(event['event_id']), String(jailbroken));
  return [
    ...(jailbroken === undefined || (!time.ok && !jailbroken)
      ? []
      : [
          {
            ...stamp,
            type: 'telemetryReported' as const,
            telemetry: { physical: { jailbrokenOrRooted: jailbroken } },
          },
        ]),
    ...(level === undefined || (!time.ok && level === 'minimal')
      ? []
      : [{ ...stamp, type: 'riskReported' as const, riskLevel: time.ok ? level : 'high' }]),
  ];
}

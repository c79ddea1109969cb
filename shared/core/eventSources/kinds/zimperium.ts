import { isGuid } from '../../../base/guid.ts';
import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { isBlank } from '../../ingest/partReader.ts';
import type { SourceReader } from '../sourceEvent.ts';
import { EventReading, type EventTime } from './eventReading.ts';
import { contentIdOf, firstTextOf, idOf, listOf, textOf } from './fieldText.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';
import { addStateFault, readCategory, readSeverity, toIncidentSignals } from './threatFacts.ts';
import { readRiskLevel, toRootedSignals, toVerdictSignals } from './verdictFacts.ts';

const SUMO = 'SumoLogic/sumologic-documentation, docs/integrations/saas-cloud/zimperium.md';
const XSOAR = 'demisto/content, Packs/Zimperium, ZimperiumV2/test_data';
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
    // 0 to 3 are hidden, low, important, critical; `forensics.severity` has the words. Hidden is the administrator's own word
    // for a threat that does not count.
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
    ...rowsOf('severity', `${XSOAR}/threat_search.json`, { elevated: 'medium' }),
    ...rowsOf('risk_posture', `${XSOAR}/device_search.json, riskPostureName`, {
      '2': 'medium',
      '3': 'high',
      elevated: 'medium',
      critical: 'high',
    }),
    ...rowsOf('risk_posture', `inferred: the rest of the scale of ${XSOAR}/device_search.json`, {
      '0': 'minimal',
      '1': 'low',
      normal: 'minimal',
      low: 'low',
    }),
    ...rowsOf('mitigated', SUMO, { true: 'resolved', false: 'open' }),
    ...rowsOf('threat.category', `${SUMO}; it says whether a threat stands alone`, {
      singular: 'nothing',
      composite: 'nothing',
    }),
    ...rowsOf('threat.name', `${XSOAR}/threat_search.json`, {
      'system tampering': 'systemTampered',
      'unknown sources on': 'unknownSourcesEnabled',
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
const NOTHING: JsonObject = {};

/** Reads an event of Zimperium's data export. */
export const readZimperium: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = new EventReading('zimperium', context, find);
  if (event === undefined) return reading.endWithout();
  const device = asJsonObject(event['device_info']) ?? NOTHING;
  const forensics = asJsonObject(event['forensics']) ?? NOTHING;
  nameDevice(reading, device);
  const time = reading.readTime({
    '/eventtimestamp': event['eventtimestamp'],
    '/forensics/attack_time': forensics['attack_time'],
  });
  const isThreat = ['threat', 'severity', 'forensics', 'mitigated'].some(
    (name) => !isBlank(event[name]),
  );
  const id = textOf(event['event_id']) ?? textOf(forensics['event_id']);
  const origin = { time, id, key: id ?? contentIdOf(event) };
  const signals = [
    ...(isThreat ? readThreat(reading, event, forensics, origin) : []),
    ...readDevice(reading, event, device, origin),
  ];
  const isSilent =
    !isThreat && [device['jailbroken'], event['risk_posture']].every((each) => isBlank(each));
  return isSilent
    ? reading.endUnreadable(time, origin.key, 'threat', event['threat'])
    : reading.end(signals);
};

/** When the event was, its id, and what stands for its id if it has none. */
interface Origin {
  readonly time: EventTime;
  readonly id: string | undefined;
  readonly key: string;
}

/** An iPhone has a UUID in `imei`; `mdm_device_id` may be null, and is the strongest where it is right. */
function nameDevice(reading: EventReading, device: JsonObject): void {
  const { device_id: id, imei } = device;
  for (const mdm of [device['mdm_device_id'], ...listOf(device['mdm_alt_ids'])])
    reading.nameAny(['deviceId', 'managedDeviceId', 'udid'], mdm);
  reading.name('serialNumber', device['serial_number']);
  reading.name('serialNumber', id);
  reading.name('udid', id);
  if (isGuid(textOf(imei) ?? '')) reading.name('udid', imei);
  reading.name('imei', imei);
}

function readThreat(
  reading: EventReading,
  event: JsonObject,
  forensics: JsonObject,
  { time, id }: Origin,
): readonly UndirectedSignal[] {
  const threat = asJsonObject(event['threat']) ?? NOTHING;
  const general = asJsonObject(threat['general']) ?? NOTHING;
  const word = textOf(threat['name']) ?? textOf(general['threat_type']);
  const known = reading.meaning('threat.name', word);
  const defence = reading.meaning('threat.category', threat['category']);
  const category = readCategory(reading, defence, known, word);
  const rated = isBlank(event['severity']) ? forensics['severity'] : event['severity'];
  const severity = readSeverity(reading, 'severity', rated);
  const state = reading.meaning('mitigated', event['mitigated']);
  if (state === undefined) addStateFault(reading, '/mitigated', event['mitigated']);
  const resource = firstTextOf(
    general['package_name'],
    general['network'],
    general['detected_url'],
  );
  const incidentId = id ?? textOf(threat['threat_uuid']) ?? idOf(word, resource);
  const stamp = reading.stamp(time, incidentId, 'threat', state, severity);
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId,
    threatType: known ?? word,
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
  { time, key }: Origin,
): readonly UndirectedSignal[] {
  reading.beginFact();
  const isRooted = reading.reader.flag({
    path: '/device_info/jailbroken',
    field: 'physical.jailbrokenOrRooted',
    value: device['jailbroken'],
    worst: true,
  });
  const rooted = toRootedSignals(
    reading,
    time,
    reading.stamp(time, key, 'device', String(isRooted)),
    isRooted,
  );
  reading.beginFact();
  const riskLevel = readRiskLevel(reading, 'risk_posture', event['risk_posture']);
  if (riskLevel === undefined) return rooted;
  const stamp = reading.stamp(time, key, 'risk', riskLevel);
  return [...rooted, ...toVerdictSignals(reading, time, stamp, { riskLevel })];
}

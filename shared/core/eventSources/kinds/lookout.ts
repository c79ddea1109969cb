import { asJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../../domain/vocabulary/threat.ts';
import { THREAT_TYPES } from '../../../domain/threats/threatCatalogue.ts';
import { isBlank } from '../../ingest/partReader.ts';
import type { SourceReader } from '../sourceEvent.ts';
import { EventReading, type EventTime } from './eventReading.ts';
import { contentIdOf, firstTextOf, idOf, listOf, textOf } from './fieldText.ts';
import { rowsOf, toFindMeaning, type MappingTable } from './mappingTable.ts';
import {
  addStateFault,
  defenceOf,
  readCategory,
  readSeverity,
  toIncidentSignals,
  type ReadSeverity,
} from './threatFacts.ts';
import { readHealthWord, readRiskLevel, toVerdictSignals } from './verdictFacts.ts';

const SENTINEL =
  'Azure/Azure-Sentinel, Solutions/Lookout, V2_FIELD_MAPPING.md, TEST_DATA_SAMPLES.json and Analytic Rules';
const XSOAR =
  'demisto/content, Packs/LookoutMobileEndpointSecurity, ModelingRules and LookoutMobileEndpointSecurity_test.py';
const DOCS = 'doc.lookout.com, Mobile Risk API, event reference';
const INFERRED = 'inferred: the list of these words is not public';

/** Lookout's Mobile Risk API v2: one JSON object an event. */
export const LOOKOUT: MappingTable = {
  kind: 'lookout',
  version: 2,
  fields: {
    type: ['threat', 'device', 'smishing', 'nothing'],
    change_type: ['changed', 'deleted'],
    'threat.severity': [...INCIDENT_SEVERITIES, 'none'],
    'threat.status': ['open', 'resolved'],
    'threat.type': DEFENCES,
    'threat.classification': THREAT_TYPES,
    'device.security_status': [...RISK_LEVELS, 'nothing'],
    'device.activation_status': ['activated', 'deactivated', 'nothing'],
    'device.protection_status': ['nothing', 'deactivated', 'misconfigured', 'compromised'],
  },
  rows: [
    ...rowsOf('type', SENTINEL, {
      THREAT: 'threat',
      DEVICE: 'device',
      SMISHING_ALERT: 'smishing',
      AUDIT: 'nothing',
    }),
    ...rowsOf('change_type', SENTINEL, { CREATE: 'changed', UPDATE: 'changed' }),
    ...rowsOf('change_type', XSOAR, { CREATED: 'changed', UPDATED: 'changed', DELETED: 'deleted' }),
    ...rowsOf('change_type', INFERRED, { DELETE: 'deleted' }),
    ...rowsOf('threat.severity', SENTINEL, {
      LOW: 'low',
      MEDIUM: 'medium',
      HIGH: 'high',
      CRITICAL: 'high',
    }),
    // A device with such threats alone is secured (doc.lookout.com, The Policies Tab).
    ...rowsOf('threat.severity', DOCS, { NONE: 'none' }),
    ...rowsOf('threat.severity', INFERRED, { ADVISORY: 'none' }),
    ...rowsOf('threat.status', SENTINEL, { OPEN: 'open', ACTIVE: 'open' }),
    // An administrator ignores a threat in Lookout's console, and it counts no longer there.
    ...rowsOf('threat.status', XSOAR, {
      DETECTED: 'open',
      RESOLVED: 'resolved',
      IGNORED: 'resolved',
    }),
    ...rowsOf('threat.status', INFERRED, { CLOSED: 'resolved' }),
    ...rowsOf('threat.type', SENTINEL, { MALWARE: 'application' }),
    ...rowsOf('threat.type', DOCS, {
      APPLICATION: 'application',
      FILE: 'application',
      CONFIGURATION: 'physical',
      NETWORK: 'network',
      WEB_CONTENT: 'network',
      OS: 'vulnerability',
    }),
    ...rowsOf('threat.classification', DOCS, {
      ADWARE: 'adware',
      APP_DROPPER: 'malware',
      BACKDOOR: 'malware',
      BLACKLISTED_APP: 'unwantedApp',
      DENYLISTED_APP: 'unwantedApp',
      BOT: 'malware',
      CHARGEWARE: 'malware',
      CLICK_FRAUD: 'malware',
      DATA_LEAK: 'suspiciousApp',
      EXPLOIT: 'exploitAttempt',
      NON_APP_STORE_SIGNER: 'sideloadedApp',
      RISKWARE: 'unwantedApp',
      ROOT_ENABLER: 'jailbrokenOrRooted',
      SIDELOADED_APP: 'sideloadedApp',
      SPAM: 'malware',
      SPY: 'spyware',
      SURVEILLANCE: 'spyware',
      TOLL_FRAUD: 'malware',
      TROJAN: 'malware',
      VIRUS: 'malware',
      WORM: 'malware',
    }),
    ...rowsOf('threat.classification', XSOAR, {
      ACTIVE_MITM: 'manInTheMiddle',
      NO_DEVICE_LOCK: 'passcodeDisabled',
      PHISHING_CONTENT: 'phishingSite',
      ROGUE_WIFI: 'rogueAccessPoint',
      ROOT_JAILBREAK: 'jailbrokenOrRooted',
      SPYWARE: 'spyware',
      SURVEILLANCEWARE: 'spyware',
    }),
    ...rowsOf('threat.classification', INFERRED, {
      MALWARE: 'malware',
      RANSOMWARE: 'ransomware',
      JAILBREAK: 'jailbrokenOrRooted',
      MAN_IN_THE_MIDDLE: 'manInTheMiddle',
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
    ...rowsOf('device.security_status', DOCS, {
      THREAT_LOW: 'low',
      THREAT_MEDIUM: 'medium',
      THREAT_HIGH: 'high',
    }),
    ...rowsOf('device.activation_status', SENTINEL, { ACTIVE: 'activated' }),
    ...rowsOf('device.activation_status', DOCS, {
      ACTIVATED: 'activated',
      PENDING: 'nothing',
      DEACTIVATED: 'deactivated',
      DELETED: 'deactivated',
    }),
    ...rowsOf('device.activation_status', INFERRED, { DISCONNECTED: 'deactivated' }),
    ...rowsOf('device.protection_status', DOCS, {
      PROTECTED: 'nothing',
      DISCONNECTED: 'deactivated',
      UNINSTALLED: 'deactivated',
    }),
  ],
};

const find = toFindMeaning(LOOKOUT);
const NOTHING: JsonObject = {};

const STATES = ['security_status', 'activation_status', 'protection_status'];

/** A state of the device. It stands in `device.status`, and other writers put it into `device`. */
type StateOf = (name: string) => unknown;

/** An event with what every part of it needs. */
interface LookoutEvent {
  readonly event: JsonObject;
  readonly reading: EventReading;
  readonly time: EventTime;
  readonly id: string;
}

/** Reads an event of Lookout's Mobile Risk API v2. */
export const readLookout: SourceReader = (value, context) => {
  const event = asJsonObject(value);
  const reading = new EventReading('lookout', context, find);
  if (event === undefined) return reading.endWithout();
  const kind = reading.meaning('type', event['type']);
  if (kind === 'nothing') return reading.end([], false);
  const device = asJsonObject(event['device']) ?? NOTHING;
  const status = asJsonObject(device['status']) ?? NOTHING;
  const stateOf: StateOf = (name) => status[name] ?? device[name];
  nameDevice(reading, event, device);
  const time = reading.readTime({ '/created_time': event['created_time'] });
  const read = { event, reading, time, id: textOf(event['id']) ?? contentIdOf(event) };
  const threat = asJsonObject(event['threat']);
  const alert = threat === undefined ? asJsonObject(event['smishing_alert']) : undefined;
  const signals = [
    ...(threat === undefined ? [] : readThreat(read, threat)),
    ...(alert === undefined ? [] : readSmishing(read, alert)),
    ...readDevice(read, stateOf, kind === 'device'),
  ];
  const hasThreat = threat !== undefined || alert !== undefined;
  const isRead =
    hasThreat ||
    (kind === 'device' &&
      (signals.some(({ type }) => type !== 'heartbeat') ||
        STATES.some((name) => !isBlank(stateOf(name)))));
  return isRead ? reading.end(signals) : withMark(read, signals);
};

/** The event may be bad news that cannot be read. What the device beside it says counts too. */
function withMark(
  { reading, time, id, event }: LookoutEvent,
  signals: readonly UndirectedSignal[],
): ReturnType<SourceReader> {
  const marked = reading.endUnreadable(time, id, 'type', event['type']);
  return { ...marked, signals: [...signals, ...marked.signals] };
}

const CUSTOMER_IDS = ['deviceId', 'managedDeviceId', 'serialNumber', 'udid'] as const;

/**
 * The MDM's id, the customer's own, and Lookout's. An event about a threat names only Lookout's: as its target, or as the
 * device that acts.
 */
function nameDevice(reading: EventReading, event: JsonObject, device: JsonObject): void {
  for (const each of [device, device['details'], device['info'], event['target']]) {
    const place = asJsonObject(each);
    if (place === undefined) continue;
    reading.nameAny(CUSTOMER_IDS, place['external_id']);
    reading.nameAny(CUSTOMER_IDS, place['customer_device_id']);
  }
  reading.name('serialNumber', device['serial_number']);
  reading.name('imei', device['imei']);
  reading.name('wiFiMacAddress', device['mac_address']);
  reading.name('deviceId', device['guid']);
  for (const name of ['target', 'actor']) {
    const party = asJsonObject(event[name]) ?? NOTHING;
    if (textOf(party['type'])?.toUpperCase() === 'DEVICE') reading.name('deviceId', party['guid']);
  }
}

function readThreat(
  { event, reading, time, id }: LookoutEvent,
  threat: JsonObject,
): readonly UndirectedSignal[] {
  const details = asJsonObject(threat['details']) ?? NOTHING;
  const words = [...listOf(threat['classification']), ...listOf(threat['classifications'])];
  const known = words
    .map((each) => reading.meaning('threat.classification', each))
    .find((each) => each !== undefined);
  const word = firstTextOf(...words, threat['type']);
  // A classification says more than the type: a jailbreak is one of `OS`.
  const defence = reading.meaning('threat.type', threat['type']);
  const category = readCategory(reading, defenceOf(known) ?? defence, known, word);
  const severity = readWorst(reading, [threat['severity'], threat['risk']]);
  const status = reading.meaning('threat.status', threat['status']);
  if (status === undefined) addStateFault(reading, '/threat/status', threat['status']);
  const isDeleted = reading.meaning('change_type', event['change_type']) === 'deleted';
  const fileOf = (name: string): unknown => details[name] ?? threat[name];
  const resource = firstTextOf(
    fileOf('package_name'),
    fileOf('application_name'),
    fileOf('network_ssid'),
    fileOf('url'),
  );
  const incidentId = textOf(threat['guid']) ?? textOf(threat['id']) ?? idOf(word, resource);
  const stamp = reading.stamp(time, id, 'threat', status, severity);
  return toIncidentSignals(reading, time, stamp, {
    ...category,
    incidentId,
    threatType: known ?? word,
    severity,
    isOver: status === 'resolved' || isDeleted,
    title: firstTextOf(threat['description'], word),
    resource,
  });
}

/** `severity` is the threat's, `risk` that of its classification by the administrator's policy: the worse counts. */
function readWorst(reading: EventReading, values: readonly unknown[]): ReadSeverity {
  const [first, second] = values.filter((each) => !isBlank(each));
  const severity = readSeverity(reading, 'threat.severity', first);
  if (second === undefined) return severity;
  const other = readSeverity(reading, 'threat.severity', second);
  return INCIDENT_SEVERITIES.findLast((each) => each === severity || each === other) ?? 'none';
}

/** Lookout never ends an alert about a message. */
function readSmishing(
  { reading, time, id }: LookoutEvent,
  alert: JsonObject,
): readonly UndirectedSignal[] {
  const severity = readSeverity(reading, 'threat.severity', alert['severity']);
  return toIncidentSignals(reading, time, reading.stamp(time, id, 'smishing', severity), {
    category: 'network',
    incidentId: textOf(alert['guid']) ?? textOf(alert['id']) ?? id,
    threatType: 'phishingSite',
    severity,
    isOver: false,
    isDetectionOnly: true,
    title: firstTextOf(alert['description'], alert['type']),
  });
}

/** The state of the device, which may stand in every event about it. */
function readDevice(
  { event, reading, time, id }: LookoutEvent,
  stateOf: StateOf,
  isDeviceEvent: boolean,
): readonly UndirectedSignal[] {
  reading.beginFact();
  const riskLevel = readRiskLevel(reading, 'device.security_status', stateOf('security_status'));
  const protection = readHealthWord(
    reading,
    'device.protection_status',
    stateOf('protection_status'),
  );
  const healthState = (['compromised', 'misconfigured'] as const).find(
    (each) => each === protection,
  );
  const verdict =
    riskLevel === undefined && healthState === undefined
      ? []
      : toVerdictSignals(reading, time, reading.stamp(time, id, 'risk', riskLevel, healthState), {
          riskLevel,
          healthState,
        });
  const activation = reading.meaning('device.activation_status', stateOf('activation_status'));
  const isGone =
    activation === 'deactivated' ||
    protection === 'deactivated' ||
    (isDeviceEvent && reading.meaning('change_type', event['change_type']) === 'deleted');
  const isActive = activation === 'activated' && !isGone && time.read.ok;
  return [
    ...verdict,
    ...(isGone ? [{ ...reading.stamp(time, id, 'gone'), type: 'deactivated' as const }] : []),
    ...(isActive ? [{ ...reading.stamp(time, id, 'active'), type: 'activated' as const }] : []),
    ...readCheckIn(reading, stateOf('checkin_time'), id),
  ];
}

/** The last check-in is a sign of life of its own time. */
function readCheckIn(
  reading: EventReading,
  value: unknown,
  id: string,
): readonly UndirectedSignal[] {
  if (isBlank(value)) return [];
  const time = reading.readTime({ '/device/checkin_time': value });
  return time.read.ok ? [{ ...reading.stamp(time, id, 'checkIn'), type: 'heartbeat' }] : [];
}

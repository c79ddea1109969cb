import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { SalvagedRecord } from '../../core/ports/devices.ts';
import { createDeviceRecord, type DeviceRecord } from '../../domain/deviceRecord.ts';
import { fromDeviceDocument } from './deviceDocument.ts';

/** What an evaluation makes anew. */
const DERIVED: ReadonlySet<string> = new Set([
  'device',
  'evaluation',
  'beganDateTime',
  'transitionCount',
  'outbox',
  'lastKnown',
  'toldNotices',
]);

/** The reports that can make a device look better than an unknown one. Open incidents are kept in a way of their own. */
const PARTNER_FACTS: ReadonlySet<string> = new Set([
  'deviceId',
  'incidents',
  'activated',
  'deactivated',
  'heartbeat',
  'lastSeenDateTime',
  'verdict',
  'knownVerdict',
  'doubtfulVerdicts',
  'incidentReported',
  'unreadableCleared',
  'assessedSinceDateTime',
  'physical',
  'network',
  'application',
  'vulnerability',
  'sources',
]);

/**
 * The readable parts of the record in a document that cannot be read. If all facts about the device can be read, they
 * stay. If not, the unreadable one may be the bad news, so only the enrolment, the open incidents and the marks of
 * unreadable reports stay, of each event source: the device is then no better off than one without reports. Its announcements count anew.
 */
export function salvageRecord(document: unknown, deviceId: string): SalvagedRecord {
  const stored = fieldsOf(fieldsOf(document)['record']);
  const others = Object.fromEntries(Object.entries(stored).filter(([name]) => !DERIVED.has(name)));
  const toRecord = (device: object, rest: JsonObject): DeviceRecord | undefined =>
    tryRead({ ...rest, device, transitionCount: 0, outbox: [] }, deviceId);
  const facts = fieldsOf(stored['device']);
  const whole = facts['deviceId'] === deviceId ? toRecord(facts, others) : undefined;
  if (whole !== undefined) return { record: whole, kept: 'facts' };
  const device = readableParts(facts, deviceId, (each) => toRecord(each, {}) !== undefined);
  const record = toRecord(device, others) ?? toRecord(device, {}) ?? emptyRecord(deviceId);
  const isEmpty = record.device.enrolment === undefined && record.device.incidents.length === 0;
  return { record, kept: isEmpty ? 'nothing' : 'enrolment' };
}

/** Under the id of the document, even if an older release stored it in another spelling. */
function emptyRecord(deviceId: string): DeviceRecord {
  const record = createDeviceRecord(deviceId);
  return { ...record, device: { ...record.device, deviceId } };
}

/** The device with the facts that can be read alone and are none of the partner's, and its open incidents. */
function readableParts(
  facts: JsonObject,
  deviceId: string,
  isReadable: (device: object) => boolean,
): object {
  const nothing = { deviceId, incidents: [] };
  const kept = Object.entries(facts).filter(
    ([name, value]) => !PARTNER_FACTS.has(name) && isReadable({ ...nothing, [name]: value }),
  );
  const incidents: readonly unknown[] = Array.isArray(facts['incidents']) ? facts['incidents'] : [];
  const open = incidents.filter(
    (incident) => isOpen(incident) && isReadable({ deviceId, incidents: [incident] }),
  );
  const sources = Object.entries(fieldsOf(facts['sources'])).map(([id, reports]) => {
    const isReadableReport = (each: object): boolean =>
      isReadable({ ...nothing, sources: { [id]: withoutId(each) } });
    return [id, withoutId(readableParts(fieldsOf(reports), deviceId, isReadableReport))] as const;
  });
  return {
    ...Object.fromEntries(kept),
    deviceId,
    incidents: open,
    ...(sources.length === 0 ? {} : { sources: Object.fromEntries(sources) }),
  };
}

function withoutId(device: object): object {
  return Object.fromEntries(Object.entries(device).filter(([name]) => name !== 'deviceId'));
}

function isOpen(incident: unknown): boolean {
  return fieldsOf(fieldsOf(incident)['value'])['status'] === 'open';
}

function tryRead(record: object, deviceId: string): DeviceRecord | undefined {
  try {
    return fromDeviceDocument({ record }, deviceId);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'deviceRecordInvalid') return undefined;
    throw error;
  }
}

function fieldsOf(value: unknown): JsonObject {
  return asJsonObject(value) ?? {};
}

import { ConnectorError } from '../../base/connectorError.ts';
import { toIdentifier } from '../devices/toIdentifier.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { managedProperties, type Device } from '../../domain/devices/device.ts';
import { createDeviceRecord, type DeviceRecord } from '../../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import { isPlaceholder } from '../../domain/vocabulary/isPlaceholder.ts';
import type { DeviceIdentifier, DeviceReader } from '../ports/devices.ts';
import type { AskedDevice } from './deviceIdentification.ts';

/** How many devices with one identifier are judged for one answer. More of them block. */
export const MAX_SHARING_DEVICES = 10;

/** The evaluation of a device, and its facts if there is a readable record. */
export interface EvaluatedDevice {
  readonly evaluation: ComplianceEvaluation;
  readonly device?: Device;
}

/** The devices that an identifier may mean, at least one. */
export type EvaluatedDevices = readonly [EvaluatedDevice, ...EvaluatedDevice[]];

/**
 * Reads and evaluates each device that the identifier may mean, at `now`. The caller must judge every one of them and
 * take the worst answer: any of them may be the one that asks. Costs one point read by device id. By another identifier
 * it costs one more, and one for each further device.
 * An identifier without an enrolled device is one unenrolled device. A device with an unreadable record is in error, and
 * so is an identifier that too many devices have, or that is a placeholder.
 * @throws ConnectorError `serviceNotAvailable` if the store does not answer.
 */
export async function readDevices(
  devices: DeviceReader,
  asked: AskedDevice,
  configuration: Configuration,
  now: DateTime,
): Promise<EvaluatedDevices> {
  const found = await findDevices(devices, asked);
  if ('reason' in found) return [notUnique(found.reason)];
  const [first, ...others] = found.records.map((record): EvaluatedDevice =>
    'message' in record
      ? { evaluation: evaluateUnreadable(record.message) }
      : { evaluation: evaluateCompliance(record, configuration, now), device: record.device },
  );
  return first === undefined
    ? [{ evaluation: evaluateCompliance(createDeviceRecord(''), configuration, now) }]
    : [first, ...others];
}

/** Evaluates the one device with this id. Costs one point read. @throws as `readDevices`. */
export async function evaluateDevice(
  devices: DeviceReader,
  deviceId: string,
  configuration: Configuration,
  now: DateTime,
): Promise<ComplianceEvaluation> {
  const asked = { identifiedBy: 'deviceId', value: deviceId } as const;
  const [{ evaluation }] = await readDevices(devices, asked, configuration, now);
  return evaluation;
}

/** An error, which blocks: any of the devices may be the one that asks, and not all of them were judged. */
function notUnique(message: string): EvaluatedDevice {
  const reasons = [{ code: 'identifierNotUnique', message }] as const;
  return { evaluation: { ...evaluateUnreadable(message), reasons } };
}

/** A record, or why it cannot be read. */
type FoundRecord = DeviceRecord | { readonly message: string };

/** The records, or why the identifier does not lead to any. */
type FoundDevices = { readonly records: readonly FoundRecord[] } | { readonly reason: string };

async function findDevices(
  devices: DeviceReader,
  { identifiedBy, value }: AskedDevice,
): Promise<FoundDevices> {
  if (identifiedBy === 'deviceId' || identifiedBy === 'clientCertificate') {
    const record = await loadRecord(devices, value);
    return { records: record === undefined ? [] : [record] };
  }
  if (isPlaceholder(value))
    return { reason: `this \`${identifiedBy}\` is a placeholder that many devices have` };
  const { deviceIds, hasMore } = await devices.findDeviceIds(identifiedBy, value);
  const records = hasMore ? [] : await readEnrolled(devices, deviceIds, { identifiedBy, value });
  if (!hasMore && records.length <= MAX_SHARING_DEVICES) return { records };
  const most = String(MAX_SHARING_DEVICES);
  return {
    reason: `more than ${most} devices have this \`${identifiedBy}\`, so it identifies none of them`,
  };
}

/**
 * The enrolled devices of a list. Stops once there are more than `MAX_SHARING_DEVICES`. Costs one read for each entry;
 * usually there is one.
 */
async function readEnrolled(
  devices: DeviceReader,
  deviceIds: readonly string[],
  asked: { readonly identifiedBy: DeviceIdentifier; readonly value: string },
): Promise<readonly FoundRecord[]> {
  const found: FoundRecord[] = [];
  for (let from = 0; from < deviceIds.length; from += MAX_SHARING_DEVICES) {
    const some = deviceIds.slice(from, from + MAX_SHARING_DEVICES);
    const records = await Promise.all(some.map((deviceId) => loadRecord(devices, deviceId)));
    found.push(
      ...records.flatMap((record) =>
        record !== undefined && mayBeEnrolledWith(record, asked) ? [record] : [],
      ),
    );
    if (found.length > MAX_SHARING_DEVICES) break;
  }
  return found;
}

async function loadRecord(
  devices: DeviceReader,
  deviceId: string,
): Promise<FoundRecord | undefined> {
  try {
    return (await devices.loadForAnswer(deviceId))?.record;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'deviceRecordInvalid') throw error;
    return { message: error.message };
  }
}

/** Identifiers of earlier enrolments do not count. An unreadable record may have any identifier. */
function mayBeEnrolledWith(
  record: FoundRecord,
  { identifiedBy, value }: { readonly identifiedBy: DeviceIdentifier; readonly value: string },
): boolean {
  if ('message' in record) return true;
  const enrolled = managedProperties(record.device)?.[identifiedBy];
  return (
    enrolled !== undefined &&
    toIdentifier(identifiedBy, enrolled) === toIdentifier(identifiedBy, value)
  );
}

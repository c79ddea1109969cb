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
import { compareComplianceStates } from '../../domain/compliance/complianceState.ts';
import type { DeviceIdentifier, DeviceReader } from '../ports/devices.ts';
import type { AskedDevice } from './deviceIdentification.ts';

/** The evaluation of a device, and its facts if there is a readable record. */
export interface EvaluatedDevice {
  readonly evaluation: ComplianceEvaluation;
  readonly device?: Device;
}

/**
 * Reads and evaluates the device at `now`. Costs one point read, and a second one for an identifier that is not cached.
 * If several devices are enrolled with the identifier, any of them may be meant, so the worst counts. A device without
 * a record is unenrolled; a device with an unreadable record is in error.
 * @throws ConnectorError `serviceNotAvailable` if the store does not answer.
 */
export async function readDevice(
  devices: DeviceReader,
  asked: AskedDevice,
  configuration: Configuration,
  now: DateTime,
): Promise<EvaluatedDevice> {
  try {
    const records = await findRecords(devices, asked);
    const [worst] = records
      .map((record): EvaluatedDevice => ({
        evaluation: evaluateCompliance(record, configuration, now),
        device: record.device,
      }))
      .toSorted(worstFirst);
    return worst ?? { evaluation: evaluateCompliance(createDeviceRecord(''), configuration, now) };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'deviceRecordInvalid') throw error;
    return { evaluation: evaluateUnreadable(error.message) };
  }
}

/** By state, then by the number of threats that an access policy may ask about. */
function worstFirst(
  { evaluation: a }: EvaluatedDevice,
  { evaluation: b }: EvaluatedDevice,
): number {
  return (
    compareComplianceStates(b.complianceState, a.complianceState) ||
    b.threats.length - a.threats.length
  );
}

/** Like `readDevice`, but returns only the evaluation. */
export async function evaluateDevice(
  devices: DeviceReader,
  asked: AskedDevice,
  configuration: Configuration,
  now: DateTime,
): Promise<ComplianceEvaluation> {
  return (await readDevice(devices, asked, configuration, now)).evaluation;
}

async function findRecords(
  devices: DeviceReader,
  { identifiedBy, value }: AskedDevice,
): Promise<readonly DeviceRecord[]> {
  if (identifiedBy === 'deviceId' || identifiedBy === 'clientCertificate') {
    const record = await loadRecord(devices, value);
    return record === undefined ? [] : [record];
  }
  const cached = devices.cachedDeviceIds(identifiedBy, value);
  const known = await findEnrolledWith(devices, cached, identifiedBy, value);
  if (known.length > 0) return known;
  const current = await devices.findDeviceIds(identifiedBy, value);
  const unseen = current.filter((deviceId) => !cached.includes(deviceId));
  return findEnrolledWith(devices, unseen, identifiedBy, value);
}

/** Costs one read for each id; usually there is one. */
async function findEnrolledWith(
  devices: DeviceReader,
  deviceIds: readonly string[],
  identifier: DeviceIdentifier,
  value: string,
): Promise<readonly DeviceRecord[]> {
  const records = await Promise.all(deviceIds.map((deviceId) => loadRecord(devices, deviceId)));
  return records.flatMap((record) =>
    record !== undefined && isEnrolledWith(record, identifier, value) ? [record] : [],
  );
}

async function loadRecord(
  devices: DeviceReader,
  deviceId: string,
): Promise<DeviceRecord | undefined> {
  return (await devices.load(deviceId))?.record;
}

/** Identifiers of earlier enrolments do not count. */
function isEnrolledWith(
  { device }: DeviceRecord,
  identifier: DeviceIdentifier,
  value: string,
): boolean {
  const enrolled = managedProperties(device)?.[identifier];
  return (
    enrolled !== undefined && toIdentifier(identifier, enrolled) === toIdentifier(identifier, value)
  );
}

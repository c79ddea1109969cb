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

/** What a device amounts to, and the facts that it is made of where there are any that can be read. */
export interface EvaluatedDevice {
  readonly evaluation: ComplianceEvaluation;
  readonly device?: Device;
}

/**
 * The device that a caller means, evaluated as it is kept at `now`: one point read by id, one more by another
 * identifier that is not remembered. Where several devices are enrolled with that identifier, it may be any of them,
 * and the worst counts. A device of which nothing is kept is not enrolled; one whose record cannot be read is in error.
 * Both are answers; a store that does not answer is none, and throws `serviceNotAvailable`.
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

/** The state first, then how many threats a policy of access might ask about. */
function worstFirst(
  { evaluation: a }: EvaluatedDevice,
  { evaluation: b }: EvaluatedDevice,
): number {
  return (
    compareComplianceStates(b.complianceState, a.complianceState) ||
    b.threats.length - a.threats.length
  );
}

/** The same for who needs no facts. */
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
  const remembered = devices.cachedDeviceIds(identifiedBy, value);
  const known = await enrolledWith(devices, remembered, identifiedBy, value);
  if (known.length > 0) return known;
  const current = await devices.findDeviceIds(identifiedBy, value);
  const unseen = current.filter((deviceId) => !remembered.includes(deviceId));
  return enrolledWith(devices, unseen, identifiedBy, value);
}

/** As a rule there is one: each further is a read more. */
async function enrolledWith(
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

/** An identifier leads only to a device that is enrolled with it now; where it led before, it leads no more. */
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

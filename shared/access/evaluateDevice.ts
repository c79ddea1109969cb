import { ConnectorError } from '../connectorError.ts';
import { toIdentifier } from '../deviceIdentifier.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { managedProperties, type Device } from '../domain/device.ts';
import { createDeviceRecord, type DeviceRecord } from '../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../domain/evaluateCompliance.ts';
import type { DeviceIdentifier, DeviceReader } from '../ports.ts';
import type { AskedDevice } from './deviceIdentification.ts';

/** What a device amounts to, and the facts that it is made of where there are any that can be read. */
export interface EvaluatedDevice {
  readonly evaluation: ComplianceEvaluation;
  readonly device?: Device;
}

/**
 * The device that a caller means, evaluated as it is kept at `now`: one point read by id, one more by another
 * identifier that is not remembered. A device of which nothing is kept is not enrolled; one whose record cannot be
 * read is in error. Both are answers; a store that does not answer is none, and throws `serviceNotAvailable`.
 */
export async function readDevice(
  devices: DeviceReader,
  asked: AskedDevice,
  configuration: Configuration,
  now: DateTime,
): Promise<EvaluatedDevice> {
  try {
    const record = await findRecord(devices, asked);
    const evaluation = evaluateCompliance(record ?? createDeviceRecord(''), configuration, now);
    return record === undefined ? { evaluation } : { evaluation, device: record.device };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'deviceRecordInvalid') throw error;
    return { evaluation: evaluateUnreadable(error.message) };
  }
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

async function findRecord(
  devices: DeviceReader,
  { identifiedBy, value }: AskedDevice,
): Promise<DeviceRecord | undefined> {
  if (identifiedBy === 'deviceId' || identifiedBy === 'clientCertificate')
    return loadRecord(devices, value);
  const remembered = await devices.findDeviceIds(identifiedBy, value, 'remembered');
  const known = await firstEnrolledWith(devices, remembered, identifiedBy, value);
  if (known !== undefined) return known;
  const current = await devices.findDeviceIds(identifiedBy, value, 'current');
  const unseen = current.filter((deviceId) => !remembered.includes(deviceId));
  return firstEnrolledWith(devices, unseen, identifiedBy, value);
}

/** As a rule the first is the one: each further is a read more. */
async function firstEnrolledWith(
  devices: DeviceReader,
  deviceIds: readonly string[],
  identifier: DeviceIdentifier,
  value: string,
): Promise<DeviceRecord | undefined> {
  for (const deviceId of deviceIds) {
    const record = await loadRecord(devices, deviceId);
    if (isEnrolledWith(record, identifier, value)) return record;
  }
  return undefined;
}

async function loadRecord(
  devices: DeviceReader,
  deviceId: string,
): Promise<DeviceRecord | undefined> {
  return (await devices.load(deviceId))?.record;
}

/** An identifier leads only to a device that is enrolled with it now; where it led before, it leads no more. */
function isEnrolledWith(
  record: DeviceRecord | undefined,
  identifier: DeviceIdentifier,
  value: string,
): boolean {
  const enrolled = record && managedProperties(record.device)?.[identifier];
  return (
    enrolled !== undefined && toIdentifier(identifier, enrolled) === toIdentifier(identifier, value)
  );
}

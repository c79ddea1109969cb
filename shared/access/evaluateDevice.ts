import { Type } from 'typebox';
import { ConnectorError } from '../connectorError.ts';
import { toIdentifier } from '../deviceIdentifier.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { managedProperties } from '../domain/device.ts';
import { createDeviceRecord, type DeviceRecord } from '../domain/deviceRecord.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../domain/evaluateCompliance.ts';
import { DeviceIdSchema, IdSchema } from '../ingest/schemas.ts';
import { DEVICE_IDENTIFIERS, type DeviceIdentifier, type DeviceReader } from '../ports.ts';

/** How a caller names the device: by exactly one of these. */
export const DeviceIdentificationSchema = Type.Object(
  {
    deviceId: Type.Optional(DeviceIdSchema),
    serialNumber: Type.Optional(IdSchema),
    udid: Type.Optional(IdSchema),
    imei: Type.Optional(IdSchema),
    wiFiMacAddress: Type.Optional(IdSchema),
  },
  { minProperties: 1, maxProperties: 1, additionalProperties: false },
);

export type DeviceIdentification = Type.Static<typeof DeviceIdentificationSchema>;

export interface EvaluatedDevice {
  readonly identifiedBy: 'deviceId' | DeviceIdentifier;
  readonly evaluation: ComplianceEvaluation;
}

/**
 * The device that a caller means, evaluated as it is kept at `now`: one point read by id, two by another identifier.
 * A device of which nothing is kept is not enrolled; one whose record cannot be read is in error. Both are answers;
 * a store that does not answer is none, and throws `serviceNotAvailable`.
 */
export async function evaluateDevice(
  devices: DeviceReader,
  identification: DeviceIdentification,
  configuration: Configuration,
  now: DateTime,
): Promise<EvaluatedDevice> {
  const identifiedBy = DEVICE_IDENTIFIERS.find((name) => identification[name] !== undefined);
  try {
    const record =
      identifiedBy === undefined
        ? await loadRecord(devices, identification.deviceId)
        : await findRecord(devices, identifiedBy, identification[identifiedBy] ?? '');
    const evaluation = evaluateCompliance(record ?? createDeviceRecord(''), configuration, now);
    return { identifiedBy: identifiedBy ?? 'deviceId', evaluation };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'deviceRecordInvalid') throw error;
    return {
      identifiedBy: identifiedBy ?? 'deviceId',
      evaluation: evaluateUnreadable(error.message),
    };
  }
}

async function loadRecord(
  devices: DeviceReader,
  deviceId: string | undefined,
): Promise<DeviceRecord | undefined> {
  return deviceId === undefined ? undefined : (await devices.load(deviceId))?.record;
}

/** An identifier leads only to a device that is enrolled with it now; where it led before, it leads no more. */
async function findRecord(
  devices: DeviceReader,
  identifier: DeviceIdentifier,
  value: string,
): Promise<DeviceRecord | undefined> {
  const record = await loadRecord(devices, await devices.findDeviceId(identifier, value));
  const enrolled = record && managedProperties(record.device)?.[identifier];
  const isStill =
    enrolled !== undefined &&
    toIdentifier(identifier, enrolled) === toIdentifier(identifier, value);
  return isStill ? record : undefined;
}

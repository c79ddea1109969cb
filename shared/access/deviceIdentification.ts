import { Type } from 'typebox';
import { IDENTIFICATIONS, type Identification } from '../domain/identification.ts';
import { DeviceIdSchema, IdSchema } from '../ingest/schemas.ts';

/** How a caller names the device in a body: by exactly one of these. */
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

/** The device that is asked for, and by what the caller knows it. */
export interface AskedDevice {
  readonly identifiedBy: Identification;
  readonly value: string;
}

/** The device that a checked body names. */
export function fromDeviceIdentification(
  named: Type.Static<typeof DeviceIdentificationSchema>,
): AskedDevice {
  const identifiedBy = IDENTIFICATIONS.find((name) => name in named) ?? 'deviceId';
  const { [identifiedBy]: value = '' } = named as Partial<Record<Identification, string>>;
  return { identifiedBy, value };
}

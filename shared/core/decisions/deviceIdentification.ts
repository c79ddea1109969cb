import { Type } from 'typebox';
import { IDENTIFICATIONS, type Identification } from '../../domain/vocabulary/identification.ts';
import { DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';

/** How a caller names the device in a body: by exactly one of these, which `fromDeviceIdentification` sees to. */
export const DeviceIdentificationSchema = Type.Object(
  {
    deviceId: Type.Optional(DeviceIdSchema),
    serialNumber: Type.Optional(IdSchema),
    udid: Type.Optional(IdSchema),
    imei: Type.Optional(IdSchema),
    wiFiMacAddress: Type.Optional(IdSchema),
  },
  { description: 'By exactly one of these' },
);

/** The device that is asked for, and by what the caller knows it. */
export interface AskedDevice {
  readonly identifiedBy: Identification;
  readonly value: string;
}

const NAMES = IDENTIFICATIONS.filter((name) => name !== 'clientCertificate');

/** What is wrong where a body does not name the device by exactly one thing. */
export const AMBIGUOUS_DEVICE = `must name the device by exactly one of ${NAMES.map((name) => `\`${name}\``).join(', ')}`;

/** The device that a checked body names; `undefined` where it names it by nothing, or by more than one thing. */
export function fromDeviceIdentification(
  named: Type.Static<typeof DeviceIdentificationSchema>,
): AskedDevice | undefined {
  const given = NAMES.flatMap((identifiedBy) => {
    const { [identifiedBy]: value } = named;
    return value === undefined ? [] : [{ identifiedBy, value }];
  });
  return given.length === 1 ? given[0] : undefined;
}

import { Type } from 'typebox';
import { IDENTIFICATIONS, type Identification } from '../../domain/vocabulary/identification.ts';
import { DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';

/** How a caller names the device in a body. `fromDeviceIdentification` checks that there is exactly one identifier. */
export const DeviceIdentificationSchema = Type.Object(
  {
    deviceId: Type.Optional(DeviceIdSchema),
    serialNumber: Type.Optional(IdSchema),
    udid: Type.Optional(IdSchema),
    imei: Type.Optional(IdSchema),
    wiFiMacAddress: Type.Optional(IdSchema),
  },
  { description: 'Exactly one of these' },
);

/** The device that the caller asks about, by one of its identifiers. */
export interface AskedDevice {
  readonly identifiedBy: Identification;
  readonly value: string;
}

const NAMES = IDENTIFICATIONS.filter((name) => name !== 'clientCertificate');

/** The error message for a body with no identifier, or several. */
export const AMBIGUOUS_DEVICE = `must name the device by exactly one of ${NAMES.map((name) => `\`${name}\``).join(', ')}`;

/** The device that a checked body names; `undefined` unless it has exactly one identifier. */
export function fromDeviceIdentification(
  named: Type.Static<typeof DeviceIdentificationSchema>,
): AskedDevice | undefined {
  const given = NAMES.flatMap((identifiedBy) => {
    const { [identifiedBy]: value } = named;
    return value === undefined ? [] : [{ identifiedBy, value }];
  });
  return given.length === 1 ? given[0] : undefined;
}

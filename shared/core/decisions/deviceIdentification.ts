import { Type } from 'typebox';
import { IDENTIFICATIONS, type Identification } from '../../domain/vocabulary/identification.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
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

/** The device that the caller asks about, by one of its identifiers. `toAskedDevice` makes it. */
export interface AskedDevice {
  readonly identifiedBy: Identification;
  readonly value: string;
}

/** The device with this identifier. Of a device id, every spelling leads to the same device. */
export function toAskedDevice(identifiedBy: Identification, value: string): AskedDevice {
  const isDeviceId = identifiedBy === 'deviceId' || identifiedBy === 'clientCertificate';
  return { identifiedBy, value: isDeviceId ? toDeviceId(value) : value };
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
    return value === undefined ? [] : [toAskedDevice(identifiedBy, value)];
  });
  return given.length === 1 ? given[0] : undefined;
}

import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { requireShape } from '../../base/validation/requireShape.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';

const DeviceId = Compile(Type.Object({ deviceId: DeviceIdSchema }));

/** The device id in a route, in the form in which devices are compared. @throws ConnectorError `invalidRequest` naming the allowed form. */
export function requireDeviceId(deviceId: string | undefined): string {
  return toDeviceId(requireShape(DeviceId, { deviceId }, 'the device id is not valid').deviceId);
}

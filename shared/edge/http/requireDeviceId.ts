import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { requireShape } from '../../base/validation/requireShape.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';

const DeviceId = Compile(Type.Object({ deviceId: DeviceIdSchema }));

/** The device id in a route. @throws ConnectorError `invalidRequest` naming the allowed form. */
export function requireDeviceId(deviceId: string | undefined): string {
  return requireShape(DeviceId, { deviceId }, 'the device id is not valid').deviceId;
}

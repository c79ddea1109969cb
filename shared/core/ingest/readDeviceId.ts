import { Compile } from 'typebox/compile';
import type { JsonObject } from '../../base/jsonObject.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { DeviceIdSchema } from '../schemas/commonSchemas.ts';

const DeviceId = Compile(DeviceIdSchema);

/**
 * The id of the device that a report is about, in the form in which devices are stored; `undefined` if none can be read. A
 * valid id has no blanks around it, so with them the report would be about no device, and bad news in it would not count.
 */
export function readDeviceId({ deviceId }: JsonObject): string | undefined {
  const id = typeof deviceId === 'string' ? deviceId.trim() : deviceId;
  return DeviceId.Check(id) ? toDeviceId(id) : undefined;
}

import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../../base/connectorError.ts';
import type { Configuration } from '../../../domain/compliance/configuration.ts';
import type { DateTime } from '../../../base/dateTime.ts';
import { checkShape } from '../../../base/validation/checkShape.ts';
import { parseJson } from '../../../core/ingest/readItems.ts';
import { IdSchema } from '../../../core/schemas/commonSchemas.ts';
import { mapConcurrently } from '../../../base/mapConcurrently.ts';
import type { DeviceList, DeviceReader } from '../../../core/ports/devices.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import { readDevice } from '../../../core/decisions/readDevice.ts';
import { evaluateUserDevices } from '../../../core/decisions/userDevices.ts';
import { toPostureScore } from './toPostureScore.ts';

/** Cloudflare asks for as many at once, and no more. */
const MAX_DEVICES = 1000;
/** Two point reads a device: 1,000 of them in well under a second, and a small part of what the database can do. */
const LOOKUPS_AT_ONCE = 32;

/** Blank where the device does not tell it. */
const Told = Type.Optional(Type.Union([Type.String({ maxLength: 1024 }), Type.Null()]));

export const PostureRequestSchema = Type.Object({
  devices: Type.Array(
    Type.Object({ device_id: IdSchema, serial_number: Told, mac_address: Told, email: Told }),
    { maxItems: MAX_DEVICES },
  ),
});
const PostureRequest = Compile(PostureRequestSchema);

export const PostureAnswerSchema = Type.Object({
  result: Type.Record(
    Type.String(),
    Type.Object({
      s2s_id: Type.String(),
      score: Type.Integer({ minimum: 0, maximum: 100 }),
    }),
  ),
});

type PostureDevice = Type.Static<typeof PostureRequestSchema>['devices'][number];

/** The devices in the body. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromPostureBody(body: Uint8Array): readonly PostureDevice[] {
  const checked = checkShape(PostureRequest, parseJson(body));
  if (checked.ok) return checked.value.devices;
  throw new ConnectorError('invalidRequest', 'the posture request is not valid', {
    details: checked.problems,
  });
}

/**
 * The answer to a custom device posture integration: an entry for each device that was asked for, 0 where it is not
 * known. `device_id` is the id of Cloudflare's client, which nobody here has heard of. Phones tell their apps neither
 * serial number nor MAC address: of such a one only its user is known, and it may be any of theirs, so the worst counts.
 */
export async function assessPosture(
  devices: DeviceReader & DeviceList,
  asked: readonly PostureDevice[],
  configuration: Configuration,
  now: DateTime,
): Promise<Type.Static<typeof PostureAnswerSchema>> {
  const entries = await mapConcurrently(asked, LOOKUPS_AT_ONCE, async (device) => {
    const known = toAskedDevice(device);
    if (known === undefined) {
      const score = await worstOfUser(devices, device.email, configuration, now);
      return [device.device_id, { s2s_id: '', score }] as const;
    }
    const { evaluation, device: found } = await readDevice(devices, known, configuration, now);
    const score = toPostureScore(evaluation);
    return [device.device_id, { s2s_id: found?.deviceId ?? '', score }] as const;
  });
  return { result: Object.fromEntries(entries) };
}

async function worstOfUser(
  devices: DeviceList,
  userPrincipalName: string | null | undefined,
  configuration: Configuration,
  now: DateTime,
): Promise<number> {
  if (!userPrincipalName) return 0;
  const found = await evaluateUserDevices(devices, userPrincipalName, configuration, now);
  return found.evaluations.length === 0 ? 0 : Math.min(...found.evaluations.map(toPostureScore));
}

/** By its serial number, else by its MAC address: the first that it tells, not the first that fits. */
function toAskedDevice(device: PostureDevice): AskedDevice | undefined {
  const { serial_number: serialNumber, mac_address: macAddress } = device;
  if (serialNumber) return { identifiedBy: 'serialNumber', value: serialNumber };
  if (macAddress) return { identifiedBy: 'wiFiMacAddress', value: macAddress };
  return undefined;
}

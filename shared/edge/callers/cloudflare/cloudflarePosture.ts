import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DateTime } from '../../../base/dateTime.ts';
import { mapConcurrently } from '../../../base/mapConcurrently.ts';
import { requireShape } from '../../../base/validation/requireShape.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import {
  readDevices,
  type EvaluatedDevice,
  type EvaluatedDevices,
} from '../../../core/decisions/readDevice.ts';
import { evaluateUserDevices } from '../../../core/decisions/userDevices.ts';
import { parseJson } from '../../../core/ingest/readItems.ts';
import type { DeviceList, DeviceReader } from '../../../core/ports/devices.ts';
import { IdSchema } from '../../../core/schemas/commonSchemas.ts';
import type { Configuration } from '../../../domain/compliance/configuration.ts';
import { isPlaceholder } from '../../../domain/vocabulary/isPlaceholder.ts';
import { toPostureScore } from './toPostureScore.ts';

/** The most devices that Cloudflare sends in one request. */
const MAX_DEVICES = 1000;
/**
 * Each device takes two point reads, so 1,000 devices take well under a second and a small part of the database's load.
 */
const CONCURRENCY = 32;

/** Blank if the device does not report it. */
const Reported = Type.Optional(Type.Union([Type.String({ maxLength: 1024 }), Type.Null()]));

export const PostureRequestSchema = Type.Object({
  devices: Type.Array(
    Type.Object({
      device_id: IdSchema,
      serial_number: Reported,
      mac_address: Reported,
      email: Reported,
    }),
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

type PostureEntry = Type.Static<typeof PostureAnswerSchema>['result'][string];

type PostureDevice = Type.Static<typeof PostureRequestSchema>['devices'][number];

/** The devices in the body. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromPostureBody(body: Uint8Array): readonly PostureDevice[] {
  return requireShape(PostureRequest, parseJson(body), 'the posture request is not valid').devices;
}

/**
 * The answer to a custom device posture integration: a score for each requested device, 0 for an unknown one.
 * `device_id` is the id of Cloudflare's client, which the connector does not know. Phones report neither serial number
 * nor MAC address to apps. Such a phone is known only by its user and may be any of the user's devices, so the lowest
 * score counts.
 */
export async function assessPosture(
  devices: DeviceReader & DeviceList,
  asked: readonly PostureDevice[],
  configuration: Configuration,
  now: DateTime,
): Promise<Type.Static<typeof PostureAnswerSchema>> {
  const entries = await mapConcurrently(asked, CONCURRENCY, async (device) => {
    const known = toAskedDevice(device);
    if (known === undefined) {
      const score = await lowestOfUser(devices, device.email, configuration, now);
      return [device.device_id, { s2s_id: '', score }] as const;
    }
    const found = await readDevices(devices, known, configuration, now);
    return [device.device_id, lowestOf(found)] as const;
  });
  return { result: Object.fromEntries(entries) };
}

/** Several devices may have the serial number or the address, and any of them may be the one that asks. */
function lowestOf([first, ...others]: EvaluatedDevices): PostureEntry {
  return others.map(toEntry).reduce((a, b) => (b.score < a.score ? b : a), toEntry(first));
}

function toEntry({ evaluation, device }: EvaluatedDevice): PostureEntry {
  return { s2s_id: device?.deviceId ?? '', score: toPostureScore(evaluation) };
}

async function lowestOfUser(
  devices: DeviceList,
  userPrincipalName: string | null | undefined,
  configuration: Configuration,
  now: DateTime,
): Promise<number> {
  if (!userPrincipalName) return 0;
  const found = await evaluateUserDevices(devices, userPrincipalName, configuration, now);
  return found.evaluations.length === 0 ? 0 : Math.min(...found.evaluations.map(toPostureScore));
}

/**
 * By the serial number if there is one, otherwise by the MAC address; a serial number that matches nothing still
 * counts. A placeholder is none, because whole series of phones have it.
 */
function toAskedDevice(device: PostureDevice): AskedDevice | undefined {
  const { serial_number: serialNumber, mac_address: macAddress } = device;
  if (serialNumber && !isPlaceholder(serialNumber))
    return { identifiedBy: 'serialNumber', value: serialNumber };
  if (macAddress && !isPlaceholder(macAddress))
    return { identifiedBy: 'wiFiMacAddress', value: macAddress };
  return undefined;
}

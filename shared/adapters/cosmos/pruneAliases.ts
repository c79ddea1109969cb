import { ConnectorError } from '../../base/connectorError.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { identifiersOf } from '../../core/devices/identifiersOf.ts';
import {
  KNOWN_IDENTIFIERS,
  type DeviceReader,
  type KnownIdentifier,
} from '../../core/ports/devices.ts';

/** The newest entries always stay: their enrolment may be under way, since a list is written before the record. */
const NEWEST_THAT_STAY = 50;
/** No enrolment takes longer between the write of its lists and that of its record. */
const ENROLMENT_IN_SECONDS = 10 * 60;
const CONCURRENCY = 16;

interface Pruning {
  /** How long ago the list was last written. */
  readonly ageInSeconds: number;
  /** Whether the list is the one of this identifier and value. */
  readonly isEnrolledWith: (identifier: KnownIdentifier, value: string) => boolean;
}

/**
 * The devices of a list without those that are no longer enrolled with its identifier. Costs a read for each device
 * beyond the newest, and happens only once a list is full. Devices that are being added stay. In doubt a device stays:
 * one that is missing from a list would not be judged.
 */
export async function pruneAliases(
  devices: Pick<DeviceReader, 'load'>,
  {
    deviceIds,
    added,
  }: { readonly deviceIds: readonly string[]; readonly added: readonly string[] },
  pruning: Pruning,
): Promise<readonly string[]> {
  const newest = deviceIds.slice(0, Math.max(NEWEST_THAT_STAY, added.length));
  const others = deviceIds.slice(newest.length);
  const gone = new Set<string>();
  await mapConcurrently(others, CONCURRENCY, async (deviceId) => {
    if (await isGone(devices, deviceId, pruning)) gone.add(deviceId);
  });
  return deviceIds.filter((each) => !gone.has(each));
}

async function isGone(
  devices: Pick<DeviceReader, 'load'>,
  deviceId: string,
  { ageInSeconds, isEnrolledWith }: Pruning,
): Promise<boolean> {
  try {
    const stored = await devices.load(deviceId);
    // A new device has no record yet. An old one has none any more.
    if (stored === undefined) return ageInSeconds > ENROLMENT_IN_SECONDS;
    const enrolled = identifiersOf(stored.record.device);
    return !KNOWN_IDENTIFIERS.some((identifier) => {
      const { [identifier]: value } = enrolled;
      return value !== undefined && isEnrolledWith(identifier, value);
    });
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'deviceRecordInvalid') return false;
    throw error;
  }
}

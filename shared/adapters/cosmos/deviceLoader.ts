import type { Container } from '@azure/cosmos';
import { isUnreported, takeReports } from '../../domain/devices/takeReports.ts';
import { formerDeviceIds, toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { DeviceReader, LoadPurpose, StoredDevice } from '../../core/ports/devices.ts';
import { readItem } from './cosmosItems.ts';
import { fromDeviceDocument } from './deviceDocument.ts';
import { createRememberedAliases, type RememberedAliases } from './rememberedAliases.ts';

/**
 * Loads a device with one point read, whatever the spelling of its id. An older release stored a GUID in the sender's
 * spelling, so another read follows if there is no record, once a minute, and before each change if nobody has reported
 * on the device under this id: the reports may be there, and the record gets them. A record that exists only under the
 * older spelling keeps its id, so the older release finds it too.
 */
export function createDeviceLoader(
  container: Container,
  now: () => Date,
): Pick<DeviceReader, 'load'> {
  const remembered = createRememberedAliases(now);
  return {
    async load(spelledId, purpose = 'toRead') {
      const stored = await loadAt(container, toDeviceId(spelledId));
      if (stored !== undefined && !needsReports(stored, purpose)) return stored;
      const former = await loadFormer(container, remembered, spelledId, purpose);
      const [first, ...others] = [...(stored === undefined ? [] : [stored]), ...former];
      return first && others.reduce(withReports, first);
    },
  };
}

function needsReports({ record }: StoredDevice, purpose: LoadPurpose): boolean {
  return purpose === 'toChange' && isUnreported(record.device);
}

/** The records under the ids of an older release. A change reads them anew; other readers remember for a minute. */
async function loadFormer(
  container: Container,
  remembered: RememberedAliases,
  spelledId: string,
  purpose: LoadPurpose,
): Promise<readonly StoredDevice[]> {
  const all = formerDeviceIds(spelledId);
  if (all.length === 0) return [];
  const key = all.join();
  const known = purpose === 'toRead' ? remembered.get(key) : undefined;
  const found = await Promise.all((known ?? all).map((deviceId) => loadAt(container, deviceId)));
  const stored = found.filter((each) => each !== undefined);
  const storedIds = stored.map(({ record }) => record.device.deviceId);
  if (purpose === 'toRead') remembered.set(key, storedIds);
  return stored;
}

async function loadAt(container: Container, deviceId: string): Promise<StoredDevice | undefined> {
  const found = await readItem(container, deviceId, deviceId);
  return found && { record: fromDeviceDocument(found.resource, deviceId), etag: found.etag };
}

function withReports({ record, etag }: StoredDevice, other: StoredDevice): StoredDevice {
  return { record: { ...record, device: takeReports(record.device, other.record.device) }, etag };
}

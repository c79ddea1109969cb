import type { Container } from '@azure/cosmos';
import { BoundedMap } from '../../base/boundedMap.ts';
import { isUnreported, takeReports } from '../../domain/devices/takeReports.ts';
import { formerDeviceIds, toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { DeviceReader, LoadPurpose, StoredDevice } from '../../core/ports/devices.ts';
import { readItem } from './cosmosItems.ts';
import { fromDeviceDocument } from './deviceDocument.ts';

const MAX_REMEMBERED = 10_000;
const REMEMBERED_IN_MILLISECONDS = 60_000;

/** By the ids that a device may have had in an older release: those under which it is stored. For a minute each. */
interface FormerIds {
  get(all: string): readonly string[] | undefined;
  set(all: string, stored: readonly string[]): void;
}

function createFormerIds(now: () => Date): FormerIds {
  const known = new BoundedMap<
    string,
    { readonly stored: readonly string[]; readonly untilInMilliseconds: number }
  >(MAX_REMEMBERED);
  return {
    get(all) {
      const entry = known.get(all);
      return entry && entry.untilInMilliseconds > now().getTime() ? entry.stored : undefined;
    },
    set(all, stored) {
      const untilInMilliseconds = now().getTime() + REMEMBERED_IN_MILLISECONDS;
      known.set(all, { stored, untilInMilliseconds });
    },
  };
}

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
  const remembered = createFormerIds(now);
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
  remembered: FormerIds,
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
  if (purpose === 'toRead' && known === undefined) remembered.set(key, storedIds);
  return stored;
}

async function loadAt(container: Container, deviceId: string): Promise<StoredDevice | undefined> {
  const found = await readItem(container, deviceId, deviceId);
  return found && { record: fromDeviceDocument(found.resource, deviceId), etag: found.etag };
}

function withReports({ record, etag }: StoredDevice, other: StoredDevice): StoredDevice {
  return { record: { ...record, device: takeReports(record.device, other.record.device) }, etag };
}

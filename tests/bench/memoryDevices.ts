import {
  fromDeviceDocument,
  toDeviceDocument,
} from '../../shared/adapters/cosmos/deviceDocument.ts';
import type { DeviceStore } from '../../shared/core/ports/devices.ts';

/** A store of texts, like the real one but without the network. It counts its requests. */
export interface MemoryDevices extends DeviceStore {
  reads: number;
  writes: number;
}

export function createMemoryDevices(): MemoryDevices {
  const texts = new Map<string, { readonly text: string; readonly etag: string }>();
  let version = 0;
  const devices: MemoryDevices = {
    reads: 0,
    writes: 0,
    load(deviceId) {
      devices.reads += 1;
      const found = texts.get(deviceId);
      return Promise.resolve(
        found && {
          record: fromDeviceDocument(JSON.parse(found.text) as object, deviceId),
          etag: found.etag,
        },
      );
    },
    loadForAnswer: (deviceId) => devices.load(deviceId),
    save(record, etag) {
      const document = toDeviceDocument(record);
      if (texts.get(document.deviceId)?.etag !== etag) return Promise.resolve('conflict');
      devices.writes += 1;
      version += 1;
      const written = { text: JSON.stringify(document), etag: String(version) };
      texts.set(document.deviceId, written);
      return Promise.resolve({ etag: written.etag });
    },
    saveIdentifiers: () => Promise.resolve(),
    findDeviceIds: () => Promise.resolve({ deviceIds: [], hasMore: false }),
  };
  return devices;
}

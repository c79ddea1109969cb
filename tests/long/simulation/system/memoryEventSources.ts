import { toKey } from '../../../../shared/core/eventSources/findEventDevices.ts';
import { keptSignals } from '../../../../shared/core/eventSources/keptSignals.ts';
import type {
  SourceProgress,
  SourceProgressStore,
  UnmatchedDevice,
  UnmatchedEvents,
} from '../../../../shared/core/ports/eventSources.ts';
import { NO_PROGRESS } from '../../../../shared/core/ports/eventSources.ts';
import type { MemoryStore } from './memoryStore.ts';

/** Calls a service: a step there, possibly a failure, and a step back. */
export type Call = <T>(work: () => T, isWrite?: boolean) => Promise<T>;

/** The events of unknown devices. Each identifier is a write of its own, so a worker may die between two of them. */
export function createUnmatched(store: MemoryStore<UnmatchedDevice>, call: Call): UnmatchedEvents {
  const nameOf = (sourceId: string, key: string): string => `${sourceId}/${key}`;
  return {
    async keep(device) {
      for (const identifier of device.identifiers)
        await call(() => {
          const name = nameOf(device.sourceId, toKey(identifier));
          const known = store.read(name);
          const signals = keptSignals([...(known?.value.signals ?? []), ...device.signals]);
          store.write(name, { ...device, signals }, known?.etag);
        }, true);
      return 'kept';
    },
    find: (identifier, sourceIds) =>
      call(() => sourceIds.flatMap((id) => store.read(nameOf(id, toKey(identifier)))?.value ?? [])),
    async remove(sourceId, identifiers) {
      for (const identifier of identifiers)
        await call(() => {
          const name = nameOf(sourceId, toKey(identifier));
          const known = store.read(name);
          if (known !== undefined) store.remove(name, known.etag);
        }, true);
    },
    list: () => Promise.resolve({ items: [] }),
  };
}

/** What is remembered of each source. */
export function createSourceProgress(
  store: MemoryStore<SourceProgress>,
  call: Call,
): SourceProgressStore {
  return {
    load: (sourceId) =>
      call(() => {
        const found = store.read(sourceId);
        return { progress: found?.value ?? NO_PROGRESS, etag: found?.etag };
      }),
    save: (sourceId, progress, etag) =>
      call(
        (): { readonly etag: string } | 'conflict' => store.write(sourceId, progress, etag),
        true,
      ),
    remove: (sourceId) =>
      call(() => {
        const found = store.read(sourceId);
        if (found !== undefined) store.remove(sourceId, found.etag);
      }, true),
  };
}

import type { Database } from '@azure/cosmos';
import {
  NO_PROGRESS,
  type SourceProgress,
  type SourceProgressStore,
} from '../../core/ports/eventSources.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { tryCosmos } from './callCosmos.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';

/** Not one of the kinds that an evaluation reads. */
const KIND = 'eventSourceProgress';

/** The progress of each event source, one document each, in the `configuration` container. */
export function createCosmosSourceProgress(database: Database): SourceProgressStore {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  return {
    async load(sourceId) {
      const found = await readItem<{ readonly progress: SourceProgress }>(
        container,
        sourceId,
        KIND,
      );
      return { progress: found?.resource.progress ?? NO_PROGRESS, etag: found?.etag };
    },

    async save(sourceId, progress, etag) {
      const document = { id: sourceId, kind: KIND, progress };
      const saved = await saveIfUnchanged(container, { document, partitionKey: KIND, etag });
      return saved.ok ? saved.value : 'conflict';
    },

    async remove(sourceId) {
      await tryCosmos(() => container.item(sourceId, KIND).delete(), [404]);
    },
  };
}

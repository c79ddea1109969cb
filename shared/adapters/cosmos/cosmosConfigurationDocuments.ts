import type { Database } from '@azure/cosmos';
import type { ConfigurationDocuments } from '../../core/ports/configuration.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { tryCosmos } from './callCosmos.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { queryAll } from './cosmosQueries.ts';
import { queryConfiguration } from './queryConfiguration.ts';
import { fromStoredDocument, type StoredDocument } from './storedDocument.ts';

/** The documents of the `configuration` container. A write replaces only the version that was read. */
export function createCosmosConfigurationDocuments(database: Database): ConfigurationDocuments {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  return {
    listDocuments: () => queryConfiguration(container),

    async listKind(kind) {
      const found = await queryAll<StoredDocument>(container, 'SELECT * FROM c', {
        partitionKey: kind,
      });
      return found.map(fromStoredDocument);
    },

    async loadDocument(kind, id) {
      const found = await readItem<StoredDocument>(container, id, kind);
      return found && fromStoredDocument(found.resource);
    },

    async saveDocument(document, etag) {
      const saved = await saveIfUnchanged(container, {
        document,
        partitionKey: document.kind,
        etag,
      });
      return saved.ok ? { document, etag: saved.value.etag } : 'conflict';
    },

    async deleteDocument({ id, kind }, etag) {
      const accessCondition = { type: 'IfMatch', condition: etag };
      const deleted = await tryCosmos(
        () => container.item(id, kind).delete({ accessCondition }),
        [404, 412],
      );
      return deleted.ok ? 'deleted' : 'conflict';
    },
  };
}

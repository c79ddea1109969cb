import type { Database } from '@azure/cosmos';
import type { ConfigurationDocuments, VersionedDocument } from '../../core/ports/configuration.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { callCosmos } from './cosmosDatabase.ts';
import { queryConfiguration } from './queryConfiguration.ts';

type StoredDocument = VersionedDocument['document'];

/** The documents of the `configuration` container, each written only over the version that was read. */
export function createCosmosConfigurationDocuments(database: Database): ConfigurationDocuments {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  return {
    async listDocuments() {
      const documents = await queryConfiguration(container);
      return documents.map((document) => ({ document, etag: document._etag }));
    },

    async listKind(kind) {
      const answer = await callCosmos(() =>
        container.items
          .query<StoredDocument & { readonly _etag: string }>('SELECT * FROM c', {
            partitionKey: kind,
          })
          .fetchAll(),
      );
      const found = typeof answer === 'number' ? [] : answer.resources;
      return found.map((document) => ({ document, etag: document._etag }));
    },

    async loadDocument(kind, id) {
      const answer = await callCosmos(() => container.item(id, kind).read<StoredDocument>());
      if (typeof answer === 'number' || answer.resource === undefined) return undefined;
      return { document: answer.resource, etag: answer.etag };
    },

    async saveDocument(document, etag) {
      const answer = await callCosmos<{ readonly etag: string }>(
        () =>
          etag === undefined
            ? container.items.create(document)
            : container.item(document.id, document.kind).replace(document, {
                accessCondition: { type: 'IfMatch', condition: etag },
              }),
        [404, 409, 412],
      );
      return typeof answer === 'number' ? 'conflict' : { document, etag: answer.etag };
    },

    async deleteDocument({ id, kind }, etag) {
      const answer = await callCosmos(
        () =>
          container
            .item(id, kind)
            .delete({ accessCondition: { type: 'IfMatch', condition: etag } }),
        [404, 412],
      );
      return typeof answer === 'number' ? 'conflict' : 'deleted';
    },
  };
}

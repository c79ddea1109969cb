import type { VersionedDocument } from '../../core/ports/configuration.ts';

/** A document of the `configuration` container, with the fields that Cosmos DB adds: `_etag`, `_ts`, … */
export type StoredDocument = VersionedDocument['document'] & { readonly _etag: string };

/** The document as it was written, without Cosmos DB's own fields. */
export function fromStoredDocument(stored: StoredDocument): VersionedDocument {
  const own = Object.entries(stored).filter(([name]) => !name.startsWith('_'));
  return {
    document: Object.fromEntries(own) as VersionedDocument['document'],
    etag: stored._etag,
  };
}

import type { DateTime } from '../../base/dateTime.ts';
import type { Configuration, SilenceBreaker } from '../../domain/compliance/configuration.ts';

/** The id of a document that is the only one of its kind. */
export const SINGLETON_ID = 'default';

export interface ConfigurationReader {
  /** The configuration; at most a few seconds old. */
  load(): Promise<Configuration>;
}

export interface ConfigurationCache {
  /** Makes the next `load` read the store, so this process answers by what was just written. */
  forget(): void;
}

export interface ConfigurationStore extends ConfigurationReader {
  /**
   * Records at `now` that the partner reported at `moment`, unless a later moment is stored already. A stored moment from
   * the future is replaced. With `sourceId` the same of an event source other than `default`.
   */
  recordPartnerActivity(moment: DateTime, now: DateTime, sourceId?: string): Promise<void>;
  saveSilenceBreaker(breaker: SilenceBreaker): Promise<void>;
}

/** A document of the `configuration` container, with the version at which it was read. */
export interface VersionedDocument {
  readonly document: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly kind: string;
  };
  readonly etag: string;
}

export interface ConfigurationDocuments {
  /** One document, of any kind. */
  loadDocument(kind: string, id: string): Promise<VersionedDocument | undefined>;
  /** Every document that an evaluation reads, as it is now. */
  listDocuments(): Promise<readonly VersionedDocument[]>;
  /** Every document of a kind, as it is now. */
  listKind(kind: string): Promise<readonly VersionedDocument[]>;
  /** Writes the document if it is still at `etag`; `undefined` creates it. */
  saveDocument(
    document: VersionedDocument['document'],
    etag: string | undefined,
  ): Promise<VersionedDocument | 'conflict'>;
  /** Removes the document if it is still at `etag`. */
  deleteDocument(
    document: VersionedDocument['document'],
    etag: string,
  ): Promise<'deleted' | 'conflict'>;
}

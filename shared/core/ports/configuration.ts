import type { DateTime } from '../../base/dateTime.ts';
import type { Configuration, SilenceBreaker } from '../../domain/compliance/configuration.ts';

/** The id of a document that is the only one of its kind. */
export const SINGLETON_ID = 'default';

export interface ConfigurationReader {
  /** The configuration as it was at most a few seconds ago. */
  load(): Promise<Configuration>;
}

export interface ConfigurationCache {
  /** The next `load` reads anew: what was just written is in the next answer of this process. */
  forget(): void;
}

export interface ConfigurationStore extends ConfigurationReader {
  /** Notes that the partner was heard at `moment`, unless it was heard later than that already. */
  recordPartnerActivity(moment: DateTime): Promise<void>;
  saveSilenceBreaker(breaker: SilenceBreaker): Promise<void>;
}

/** A document of the `configuration` container, with the version that it was read at. */
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
  /** Writes the document if it is still at `etag` (`undefined`: if it does not exist yet). */
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

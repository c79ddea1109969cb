import type { DateTime } from '../../base/dateTime.ts';
import type { JsonObject } from '../../base/jsonObject.ts';
import type { EventIdentifier, EventSource } from '../../domain/vocabulary/eventSource.ts';
import type { UndirectedSignal } from '../../domain/vocabulary/signal.ts';
import type { Page } from './page.ts';

/** A word without a row in the mapping, as it was met. */
export interface CountedWord {
  readonly field: string;
  readonly word: string;
  readonly count: number;
  readonly firstDateTime: DateTime;
  readonly lastDateTime: DateTime;
  /** An event with the word, shortened, its identifiers masked. */
  readonly example: string;
}

/** Why the last attempt to fetch from a source failed. */
export interface SourceFailure {
  readonly code: string;
  /** The field of the source's document that is at fault, such as `endpoint`; absent if none is. */
  readonly field?: string;
  readonly message: string;
  readonly sinceDateTime: DateTime;
  readonly count: number;
}

/** Everything that is remembered of a source beside its document. It is small, and one write saves all of it. */
export interface SourceProgress {
  /** How far the source was read, in a form of its kind. Saved after the queue has what was read. */
  readonly checkpoint?: JsonObject;
  /** Who fetches from the source, and until when nobody else may. */
  readonly lease?: { readonly owner: string; readonly untilDateTime: DateTime };
  readonly lastAttemptDateTime?: DateTime;
  readonly lastSuccessDateTime?: DateTime;
  readonly failure?: SourceFailure;
  /** Not before this time is a source that failed asked again. */
  readonly nextAttemptDateTime?: DateTime;
  readonly counts: {
    readonly accepted: number;
    readonly rejected: number;
    readonly unmapped: number;
    readonly unmatched: number;
  };
  /** At most 200, the most frequent stay. */
  readonly unmapped: readonly CountedWord[];
}

export const NO_PROGRESS: SourceProgress = {
  counts: { accepted: 0, rejected: 0, unmapped: 0, unmatched: 0 },
  unmapped: [],
};

export interface StoredProgress {
  readonly progress: SourceProgress;
  /** `undefined` if none is stored yet. */
  readonly etag: string | undefined;
}

export interface SourceProgressStore {
  load(sourceId: string): Promise<StoredProgress>;
  /** Writes the progress if it is still at `etag`; `undefined` creates it. */
  save(
    sourceId: string,
    progress: SourceProgress,
    etag: string | undefined,
  ): Promise<{ readonly etag: string } | 'conflict'>;
  /** Idempotent. */
  remove(sourceId: string): Promise<void>;
}

/** The events of a device that is not known yet. */
export interface UnmatchedDevice {
  readonly sourceId: string;
  readonly identifiers: readonly EventIdentifier[];
  readonly signals: readonly UndirectedSignal[];
  readonly firstDateTime: DateTime;
  readonly lastDateTime: DateTime;
}

/** The events that wait for the enrolment of their device, for 30 days after the last one. */
export interface UnmatchedEvents {
  /**
   * Keeps the signals under each of the identifiers. Of one identifier the bad news and the
   * last signals stay, at most 50.
   * Returns `full` if the source has too many unknown devices already.
   */
  keep(device: UnmatchedDevice): Promise<'kept' | 'full'>;
  /** What is kept under an identifier, from every given source. One point read a source. */
  find(
    identifier: EventIdentifier,
    sourceIds: readonly string[],
  ): Promise<readonly UnmatchedDevice[]>;
  /** Forgets what is kept under these identifiers. Idempotent. */
  remove(sourceId: string, identifiers: readonly EventIdentifier[]): Promise<void>;
  /** One page, latest first, once a device. */
  list(
    sourceId: string,
    top: number,
    continuation: string | undefined,
  ): Promise<Page<UnmatchedDevice>>;
}

/** A blob in a list. */
export interface ListedBlob {
  readonly name: string;
  readonly etag: string;
  readonly lastModifiedDateTime: DateTime;
}

/** One container of blobs that a source writes. @throws `BlobError` */
export interface SourceBlobs {
  list(): AsyncIterable<ListedBlob>;
  /** The bytes of the listed version of the blob, unpacked if they are gzip; none if the blob is gone. */
  read(blob: ListedBlob): AsyncIterable<Uint8Array>;
}

/** Why a container cannot be read. */
export class BlobError extends Error {
  readonly code:
    | 'addressRefused'
    | 'certificateInvalid'
    | 'accessDenied'
    | 'containerUnknown'
    | 'unreachable'
    /** The bytes are damaged or archived, and reading them again does not help. */
    | 'blobUnreadable'
    /** The blob has another version by now. */
    | 'blobRewritten';

  constructor(code: BlobError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BlobError';
    this.code = code;
  }
}

/** Opens the container of a source; without a secret by the managed identity. @throws BlobError `addressRefused` */
export type OpenSourceBlobs = (source: EventSource, secret: string | undefined) => SourceBlobs;

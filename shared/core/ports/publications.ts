import type { DateTime } from '../../base/dateTime.ts';
import type { Publication } from '../../domain/announcements/publication.ts';

/** A publication with the version that it was read at. */
export interface StoredPublication {
  readonly publication: Publication;
  readonly etag: string;
}

export interface PublicationStore {
  /** One point read. `undefined` where the device has told nothing yet. */
  loadPublication(deviceId: string): Promise<StoredPublication | undefined>;
  /** Writes it if it is still at `etag` (`undefined`: if it does not exist yet). */
  savePublication(
    publication: Publication,
    etag: string | undefined,
  ): Promise<'saved' | 'conflict'>;
  /** Ids of the devices of which a target has to be told something at `now`, in pages. */
  findDuePublications(now: DateTime): AsyncIterable<readonly string[]>;
  /** Ids of those that are due later: what is held for a paused target is among them. */
  findWaitingPublications(now: DateTime): AsyncIterable<readonly string[]>;
}

/** A security event token that waits to be fetched. */
export interface WaitingToken {
  readonly jti: string;
  readonly token: string;
}

/** What event streams have yet to fetch, and whom their receivers have taken out. */
export interface EventMailbox {
  /** Keeps the token, unless one with the same `jti` is there; those with lower positions are fetched first. */
  put(streamId: string, token: WaitingToken, position: string): Promise<void>;
  /** The first of those that wait, at most `top`. */
  list(streamId: string, top: number): Promise<readonly WaitingToken[]>;
  /** Idempotent. */
  remove(streamId: string, jti: string): Promise<void>;
  excludeSubject(streamId: string, subject: string): Promise<void>;
  includeSubject(streamId: string, subject: string): Promise<void>;
  isExcludedSubject(streamId: string, subject: string): Promise<boolean>;
}

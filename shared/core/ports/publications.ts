import type { DateTime } from '../../base/dateTime.ts';
import type { Publication } from '../../domain/announcements/publication.ts';

/** A publication with the version at which it was read. */
interface StoredPublication {
  readonly publication: Publication;
  readonly etag: string;
}

export interface PublicationStore {
  /** One point read; `undefined` if nothing was published for the device yet. */
  loadPublication(deviceId: string): Promise<StoredPublication | undefined>;
  /** Writes it if it is still at `etag`; `undefined` creates it. */
  savePublication(
    publication: Publication,
    etag: string | undefined,
  ): Promise<'saved' | 'conflict'>;
  /** Ids of the devices with a delivery that is due at `now`, in pages. */
  findDuePublications(now: DateTime): AsyncIterable<readonly string[]>;
  /** Ids of the devices with a delivery that is due later, paused targets included. */
  findWaitingPublications(now: DateTime): AsyncIterable<readonly string[]>;
}

/** A security event token that a receiver has not fetched yet. */
export interface WaitingToken {
  readonly jti: string;
  readonly token: string;
}

/** Per event stream: the tokens to fetch, and the subjects that its receiver excluded. */
export interface EventMailbox {
  /** Stores the token, unless one with the same `jti` exists. Tokens with lower positions are fetched first. */
  put(streamId: string, token: WaitingToken, position: string): Promise<void>;
  /** The first waiting tokens, at most `top`. */
  list(streamId: string, top: number): Promise<readonly WaitingToken[]>;
  /** The `jti` of the first waiting tokens, at most `top`. */
  listIds(streamId: string, top: number): Promise<readonly string[]>;
  /** Removes the tokens. Idempotent. */
  remove(streamId: string, jtis: readonly string[]): Promise<void>;
  excludeSubject(streamId: string, subject: string): Promise<void>;
  includeSubject(streamId: string, subject: string): Promise<void>;
  /** Whether the subject is excluded. Asking keeps an excluded subject from expiring. */
  isExcludedSubject(streamId: string, subject: string): Promise<boolean>;
  countExcludedSubjects(streamId: string): Promise<number>;
  /** Removes everything of the stream. Idempotent. */
  clear(streamId: string): Promise<void>;
}

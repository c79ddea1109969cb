import type { Container, Database } from '@azure/cosmos';
import type { EventMailbox, WaitingToken } from '../../core/ports/publications.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos, tryCosmos } from './callCosmos.ts';
import { readItem } from './cosmosItems.ts';
import { queryAll } from './cosmosQueries.ts';

/** The same as the time to live of a queued message. */
const TOKEN_RETENTION_IN_SECONDS = 14 * 24 * 60 * 60;
const DAY_IN_SECONDS = 24 * 60 * 60;
/**
 * If the deletion of a stream is interrupted, what it leaves expires. An excluded subject in use is written anew each
 * month, so it does not.
 */
const SUBJECT_RETENTION_IN_SECONDS = 2 * 365 * DAY_IN_SECONDS;
const SUBJECT_RENEWAL_IN_SECONDS = 30 * DAY_IN_SECONDS;
const SUBJECT_PREFIX = 'subject:';
/** A transactional batch takes at most 100 operations (learn.microsoft.com/azure/cosmos-db/nosql/transactional-batch). */
const MAX_OPERATIONS = 100;

const partitionOf = (streamId: string): string => `eventStream:${streamId}`;

/** Tokens and excluded subjects share a partition; the prefix keeps their ids apart. */
const toTokenId = (jti: string): string => `token:${jti}`;

/** Waiting tokens and excluded subjects in the `events` container, a partition for each stream. */
export function createCosmosEventMailbox(database: Database, now: () => Date): EventMailbox {
  const container = database.container(EVENTS_CONTAINER.id);
  const excludeSubject = async (streamId: string, subject: string): Promise<void> => {
    await callCosmos(() =>
      container.items.upsert({
        id: subject,
        deviceId: partitionOf(streamId),
        ttl: SUBJECT_RETENTION_IN_SECONDS,
      }),
    );
  };
  return {
    async put(streamId, { jti, token }, position) {
      const create = (): Promise<unknown> =>
        container.items.create({
          id: toTokenId(jti),
          jti,
          deviceId: partitionOf(streamId),
          recordedDateTime: position,
          ttl: TOKEN_RETENTION_IN_SECONDS,
          token,
        });
      // 409: a worker that died afterwards has stored it already. It keeps its first position.
      await tryCosmos(create, [409]);
    },

    list: (streamId, top) =>
      queryAll<WaitingToken>(
        container,
        {
          query:
            "SELECT TOP @top c.jti, c.token FROM c WHERE c.recordedDateTime > '' ORDER BY c.recordedDateTime",
          parameters: [{ name: '@top', value: top }],
        },
        { partitionKey: partitionOf(streamId) },
      ),

    listIds: (streamId, top) =>
      queryAll<string>(
        container,
        {
          query:
            "SELECT TOP @top VALUE c.jti FROM c WHERE c.recordedDateTime > '' ORDER BY c.recordedDateTime",
          parameters: [{ name: '@top', value: top }],
        },
        { partitionKey: partitionOf(streamId) },
      ),

    remove: (streamId, jtis) => removeItems(container, partitionOf(streamId), jtis.map(toTokenId)),

    excludeSubject,

    async includeSubject(streamId, subject) {
      await tryCosmos(() => container.item(subject, partitionOf(streamId)).delete(), [404]);
    },

    async isExcludedSubject(streamId, subject) {
      const found = await readItem<StoredSubject>(container, subject, partitionOf(streamId));
      if (found === undefined) return false;
      const { ttl, _ts: writtenAt } = found.resource;
      const isRecent = now().getTime() / 1000 < writtenAt + SUBJECT_RENEWAL_IN_SECONDS;
      // Earlier versions stored subjects that never expire.
      if (ttl !== SUBJECT_RETENTION_IN_SECONDS || !isRecent)
        await excludeSubject(streamId, subject);
      return true;
    },

    async countExcludedSubjects(streamId) {
      const [count = 0] = await queryAll<number>(
        container,
        {
          query: 'SELECT VALUE COUNT(1) FROM c WHERE STARTSWITH(c.id, @prefix)',
          parameters: [{ name: '@prefix', value: SUBJECT_PREFIX }],
        },
        { partitionKey: partitionOf(streamId) },
      );
      return count;
    },

    async clear(streamId) {
      const partitionKey = partitionOf(streamId);
      const query = `SELECT TOP ${String(MAX_OPERATIONS)} VALUE c.id FROM c`;
      for (;;) {
        const ids = await queryAll<string>(container, query, { partitionKey });
        if (ids.length === 0) return;
        await removeItems(container, partitionKey, ids);
      }
    },
  };
}

interface StoredSubject {
  readonly ttl: number;
  /** When Cosmos DB last wrote it, in seconds. */
  readonly _ts: number;
}

/**
 * Deletes the items of one partition, a hundred at a time. A batch deletes all of its items or none, so if one is gone
 * already, the items are deleted one by one.
 */
async function removeItems(
  container: Container,
  partitionKey: string,
  ids: readonly string[],
): Promise<void> {
  for (let at = 0; at < ids.length; at += MAX_OPERATIONS) {
    const some = ids.slice(at, at + MAX_OPERATIONS);
    const operations = some.map((id) => ({ operationType: 'Delete', id }) as const);
    const { result = [] } = await callCosmos(() => container.items.batch(operations, partitionKey));
    const isDone = result.length > 0 && result.every(({ statusCode }) => statusCode < 300);
    if (isDone) continue;
    for (const id of some) await tryCosmos(() => container.item(id, partitionKey).delete(), [404]);
  }
}

import type { Database } from '@azure/cosmos';
import type { EventMailbox, WaitingToken } from '../../core/ports/publications.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos, tryCosmos } from './callCosmos.ts';
import { readItem } from './cosmosItems.ts';
import { queryAll } from './cosmosQueries.ts';

/** The same as the time to live of a queued message. */
const TOKEN_RETENTION_IN_SECONDS = 14 * 24 * 60 * 60;
const NEVER_EXPIRES = -1;

const partitionOf = (streamId: string): string => `eventStream:${streamId}`;

/** Tokens and excluded subjects share a partition; the prefix keeps their ids apart. */
const toTokenId = (jti: string): string => `token:${jti}`;

/** Waiting tokens and excluded subjects in the `events` container, a partition for each stream. */
export function createCosmosEventMailbox(database: Database): EventMailbox {
  const container = database.container(EVENTS_CONTAINER.id);
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

    async remove(streamId, jti) {
      await tryCosmos(() => container.item(toTokenId(jti), partitionOf(streamId)).delete(), [404]);
    },

    async excludeSubject(streamId, subject) {
      await callCosmos(() =>
        container.items.upsert({
          id: subject,
          deviceId: partitionOf(streamId),
          ttl: NEVER_EXPIRES,
        }),
      );
    },

    async includeSubject(streamId, subject) {
      await tryCosmos(() => container.item(subject, partitionOf(streamId)).delete(), [404]);
    },

    async isExcludedSubject(streamId, subject) {
      return (await readItem(container, subject, partitionOf(streamId))) !== undefined;
    },
  };
}

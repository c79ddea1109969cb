import type { Database } from '@azure/cosmos';
import type { EventMailbox } from '../../core/ports/publications.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos } from './cosmosDatabase.ts';

/** As long as the queues keep what nobody takes. */
const TOKEN_RETENTION_IN_SECONDS = 14 * 24 * 60 * 60;
const FOR_EVER = -1;

const partitionOf = (streamId: string): string => `eventStream:${streamId}`;

/** Apart from the names under which subjects are kept, whatever the device is called. */
const toTokenId = (jti: string): string => `token:${jti}`;

/** What a stream has yet to fetch, and who was taken out of it: in the `events` container, a partition a stream. */
export function createCosmosEventMailbox(database: Database): EventMailbox {
  const container = database.container(EVENTS_CONTAINER.id);
  return {
    async put(streamId, { jti, token }, position) {
      // There already: it comes from a worker that died after it. Its place is the one that it had first.
      const put = (): Promise<unknown> =>
        container.items.create({
          id: toTokenId(jti),
          jti,
          deviceId: partitionOf(streamId),
          recordedDateTime: position,
          ttl: TOKEN_RETENTION_IN_SECONDS,
          token,
        });
      await callCosmos(put, [409]);
    },

    async list(streamId, top) {
      const answer = await callCosmos(() =>
        container.items
          .query<{ jti: string; token: string }>(
            {
              query:
                "SELECT TOP @top c.jti, c.token FROM c WHERE c.recordedDateTime > '' ORDER BY c.recordedDateTime",
              parameters: [{ name: '@top', value: top }],
            },
            { partitionKey: partitionOf(streamId) },
          )
          .fetchAll(),
      );
      return typeof answer === 'number' ? [] : answer.resources;
    },

    async remove(streamId, jti) {
      await callCosmos(() => container.item(toTokenId(jti), partitionOf(streamId)).delete(), [404]);
    },

    async excludeSubject(streamId, subject) {
      await callCosmos(() =>
        container.items.upsert({ id: subject, deviceId: partitionOf(streamId), ttl: FOR_EVER }),
      );
    },

    async includeSubject(streamId, subject) {
      await callCosmos(() => container.item(subject, partitionOf(streamId)).delete(), [404]);
    },

    async isExcludedSubject(streamId, subject) {
      const answer = await callCosmos(() =>
        container.item(subject, partitionOf(streamId)).read<object>(),
      );
      return typeof answer !== 'number' && answer.resource !== undefined;
    },
  };
}

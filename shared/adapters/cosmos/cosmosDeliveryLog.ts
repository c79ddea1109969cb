import type { Database } from '@azure/cosmos';
import type { DeliveryLog, DeliveryRecord } from '../../core/ports/logs.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos } from './cosmosDatabase.ts';

const RETENTION_IN_SECONDS = 7 * 24 * 60 * 60;

const partitionOf = (endpointId: string): string => `webhookEndpoint:${endpointId}`;

/** What was tried at each endpoint, in the `events` container, a partition an endpoint, kept for a week. */
export function createCosmosDeliveryLog(database: Database): DeliveryLog {
  const container = database.container(EVENTS_CONTAINER.id);
  return {
    async record(endpointId, record) {
      await callCosmos(() =>
        container.items.upsert({
          id: record.id,
          deviceId: partitionOf(endpointId),
          recordedDateTime: record.attemptedDateTime,
          ttl: RETENTION_IN_SECONDS,
          record,
        }),
      );
    },

    async list(endpointId, top, continuation) {
      const answer = await callCosmos(() =>
        container.items
          .query<{ record: DeliveryRecord }>(
            'SELECT c.record FROM c ORDER BY c.recordedDateTime DESC',
            {
              partitionKey: partitionOf(endpointId),
              maxItemCount: top,
              ...(continuation === undefined ? {} : { continuationToken: continuation }),
            },
          )
          .fetchNext(),
      );
      if (typeof answer === 'number') return { records: [] };
      return {
        records: answer.resources.map(({ record }) => record),
        ...(answer.continuationToken ? { continuation: answer.continuationToken } : {}),
      };
    },
  };
}

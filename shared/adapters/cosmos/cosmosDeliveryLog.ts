import type { Database } from '@azure/cosmos';
import type { DeliveryLog, DeliveryRecord } from '../../core/ports/logs.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos } from './callCosmos.ts';
import { queryPage } from './cosmosQueries.ts';

const RETENTION_IN_SECONDS = 7 * 24 * 60 * 60;

const partitionOf = (endpointId: string): string => `webhookEndpoint:${endpointId}`;

/** The delivery attempts in the `events` container, a partition for each endpoint; each record is kept for a week. */
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
      const query = 'SELECT c.record FROM c ORDER BY c.recordedDateTime DESC';
      const options = { partitionKey: partitionOf(endpointId), top, continuation };
      const page = await queryPage<{ readonly record: DeliveryRecord }>(container, query, options);
      return { ...page, items: page.items.map(({ record }) => record) };
    },
  };
}

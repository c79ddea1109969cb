import type { Database } from '@azure/cosmos';
import type { AuditEvent, AuditLog } from '../../core/ports/logs.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos } from './callCosmos.ts';
import { queryPage } from './cosmosQueries.ts';

/** A change of the configuration concerns no device, so this value replaces the device id. */
const AUDIT_PARTITION = 'configuration';
const AUDIT_RETENTION_IN_SECONDS = 365 * 24 * 60 * 60;

/** The audit log in the `events` container; each event is kept for a year. */
export function createCosmosAuditLog(database: Database): AuditLog {
  const container = database.container(EVENTS_CONTAINER.id);
  return {
    async record(event) {
      await callCosmos(() =>
        container.items.upsert({
          id: event.id,
          deviceId: AUDIT_PARTITION,
          recordedDateTime: event.activityDateTime,
          ttl: AUDIT_RETENTION_IN_SECONDS,
          event,
        }),
      );
    },

    async list(top, continuation) {
      const query = 'SELECT c.event FROM c ORDER BY c.recordedDateTime DESC';
      const options = { partitionKey: AUDIT_PARTITION, top, continuation };
      const page = await queryPage<{ readonly event: AuditEvent }>(container, query, options);
      return { ...page, items: page.items.map(({ event }) => event) };
    },
  };
}

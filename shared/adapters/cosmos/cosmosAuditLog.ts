import type { Database } from '@azure/cosmos';
import type { AuditEvent, AuditLog } from '../../core/ports/logs.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { callCosmos } from './cosmosDatabase.ts';

/** Changes of the configuration are about no device; this stands where a device id would. */
const AUDIT_PARTITION = 'configuration';
const AUDIT_RETENTION_IN_SECONDS = 365 * 24 * 60 * 60;

/** Who changed what, in the `events` container, kept for a year. */
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
      const answer = await callCosmos(() =>
        container.items
          .query<{ event: AuditEvent }>('SELECT c.event FROM c ORDER BY c.recordedDateTime DESC', {
            partitionKey: AUDIT_PARTITION,
            maxItemCount: top,
            ...(continuation === undefined ? {} : { continuationToken: continuation }),
          })
          .fetchNext(),
      );
      if (typeof answer === 'number') return { events: [] };
      return {
        events: answer.resources.map(({ event }) => event),
        ...(answer.continuationToken ? { continuation: answer.continuationToken } : {}),
      };
    },
  };
}

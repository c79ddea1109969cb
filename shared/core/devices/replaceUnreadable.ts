import { createHash } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Log } from '../../base/log.ts';
import type { SalvagedDevice, StoredDevice, UnreadableRecords } from '../ports/devices.ts';
import type { AuditEvent, AuditLog } from '../ports/logs.ts';

/** Lets a change replace a record that cannot be read. */
export interface Replacement {
  readonly records: UnreadableRecords;
  readonly audit: AuditLog;
  /** Who asked for it; empty for a timer. */
  readonly actor: AuditEvent['actor'];
}

/** What the record is replaced by, to be saved at its `etag`. */
export interface ReplacedDevice extends StoredDevice {
  /** Must be called once the new record is stored. */
  recordSuccess(): Promise<void>;
}

/** An audit event is one document of Cosmos DB, which takes 2 MB. */
const MAX_DOCUMENT_SIZE_IN_BYTES = 512 * 1024;

export function isUnreadable(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'deviceRecordInvalid';
}

/**
 * Returns what can be kept of a record that cannot be read. The audit log has the whole document before anything
 * replaces it, so nothing is lost silently. Returns `undefined` if the record can be read by now, or is gone.
 */
export async function replaceUnreadable(
  { records, audit, actor }: Replacement,
  deviceId: string,
  now: DateTime,
  log: Log,
): Promise<ReplacedDevice | undefined> {
  const found = await records.salvage(deviceId);
  if (found === undefined) return undefined;
  const { record, etag, kept, problem } = found;
  const event: Omit<AuditEvent, 'activityResult'> = {
    // The same for every try at this version of the record.
    id: `replaced-${createHash('sha256').update(`${deviceId} ${etag}`).digest('base64url')}`,
    activityDateTime: now,
    activityType: 'replace unreadable record',
    actor,
    resourceType: 'managedDevice',
    resourceId: deviceId,
    before: { problem, kept, document: toBoundedDocument(found) },
  };
  await audit.record({ ...event, activityResult: 'pending' });
  log.error(`the record of device \`${deviceId}\` is replaced; kept: ${kept}; ${problem}`);
  return {
    record,
    etag,
    recordSuccess: () => audit.record({ ...event, activityResult: 'success' }),
  };
}

function toBoundedDocument({ document }: SalvagedDevice): unknown {
  const sizeInBytes = Buffer.byteLength(JSON.stringify(document));
  return sizeInBytes <= MAX_DOCUMENT_SIZE_IN_BYTES ? document : { sizeInBytes };
}

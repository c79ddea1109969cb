import type { Log } from '../../base/log.ts';
import type { AuditEvent, AuditLog } from '../ports/logs.ts';

/** The beginning of each line. */
const AUDIT_LINE = 'audit: ';

/**
 * Wraps the audit log: what is stored there is also a line of `log`, with the event as JSON. So a copy leaves the database,
 * and who can write to the database cannot remove it. The line leaves out the documents before and after the change,
 * which may be large; the audit log has them under the same id. `record` throws what `audit` throws, and then logs nothing.
 */
export function traceAudit(audit: AuditLog, log: Log): AuditLog {
  return {
    async record(event) {
      await audit.record(event);
      log.warn(toAuditLine(event));
    },
    list: (top, continuation) => audit.list(top, continuation),
  };
}

function toAuditLine({ before: _before, after: _after, ...event }: AuditEvent): string {
  return `${AUDIT_LINE}${JSON.stringify(event)}`;
}

import type { AuditEvent, AuditLog } from '../ports/logs.ts';

/**
 * Runs `work` and records it in the audit log: first as `pending`, then with its result, so every change has a record
 * even if the process ends in between. A `conflict` is recorded as a failure. If `work` throws, its outcome is unknown,
 * so the record stays `pending`.
 */
export async function audited<T>(
  audit: AuditLog,
  event: Omit<AuditEvent, 'activityResult'>,
  work: () => Promise<T | 'conflict'>,
): Promise<T | 'conflict'> {
  await audit.record({ ...event, activityResult: 'pending' });
  const result = await work();
  const activityResult = result === 'conflict' ? 'failure' : 'success';
  await audit.record({ ...event, activityResult });
  return result;
}

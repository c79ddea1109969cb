import { expect, it } from 'vitest';
import { toLog } from '../../../../shared/base/log.ts';
import { traceAudit } from '../../../../shared/core/configuration/traceAudit.ts';
import type { AuditEvent, AuditLog } from '../../../../shared/core/ports/logs.ts';

const EVENT: AuditEvent = {
  id: 'request-1:policy',
  activityDateTime: '2026-01-31T12:00:00.000Z',
  activityType: 'update deviceCompliancePolicy',
  activityResult: 'success',
  actor: { applicationId: 'app', subject: 'subject', userPrincipalName: 'admin@contoso.example' },
  resourceType: 'deviceCompliancePolicy',
  resourceId: 'policy\u2028\n',
  isConfirmed: true,
  before: { displayName: 'before' },
  after: { displayName: 'after' },
};

/** An audit log that keeps its events, and the lines of the log beside it. */
function given(record: AuditLog['record'] = () => Promise.resolve()): {
  readonly audit: AuditLog;
  readonly lines: readonly string[];
} {
  const lines: string[] = [];
  const log = toLog({ warn: (line) => void lines.push(line), error: () => undefined });
  return {
    audit: traceAudit({ record, list: () => Promise.resolve({ items: [EVENT] }) }, log),
    lines,
  };
}

it('logs a stored event as one line of JSON, without the documents before and after', async () => {
  const stored: AuditEvent[] = [];
  const { audit, lines } = given((event) => Promise.resolve(void stored.push(event)));
  await audit.record(EVENT);
  expect(stored).toEqual([EVENT]);
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(line).not.toMatch(/[\n\u2028]/);
  const { before: _before, after: _after, ...logged } = EVENT;
  expect(line.startsWith('audit: ')).toBe(true);
  expect(JSON.parse(line.slice('audit: '.length))).toEqual(logged);
});

it('logs nothing that is not stored', async () => {
  const { audit, lines } = given(() => Promise.reject(new Error('the database is down')));
  await expect(audit.record(EVENT)).rejects.toThrow('the database is down');
  expect(lines).toEqual([]);
});

it('lists the stored events', async () => {
  expect(await given().audit.list(1, undefined)).toEqual({ items: [EVENT] });
});

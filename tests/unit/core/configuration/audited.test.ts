import { beforeEach, describe, expect, it } from 'vitest';
import { audited } from '../../../../shared/core/configuration/audited.ts';
import type { AuditEvent, AuditLog } from '../../../../shared/core/ports/logs.ts';

const EVENT = {
  id: 'request-1',
  activityDateTime: '2026-01-31T12:00:00.000Z',
  activityType: 'update connector',
  actor: { applicationId: 'operator' },
  resourceType: 'mobileThreatDefenseConnector',
  resourceId: 'default',
};

describe('an audited change', () => {
  let recorded: AuditEvent[];
  let audit: AuditLog;
  beforeEach(() => {
    recorded = [];
    audit = {
      record: (event) => Promise.resolve(void recorded.push(event)),
      list: () => Promise.resolve({ items: [] }),
    };
  });
  const results = (): readonly string[] => recorded.map(({ activityResult }) => activityResult);

  it.each([
    ['saved', ['pending', 'success']],
    [undefined, ['pending', 'success']],
    ['conflict', ['pending', 'failure']],
  ])('that ends with %s is recorded as %s', async (result, expected) => {
    await expect(audited(audit, EVENT, () => Promise.resolve(result))).resolves.toBe(result);
    expect(results()).toEqual(expected);
    expect(recorded).toEqual(expected.map((activityResult) => ({ ...EVENT, activityResult })));
  });

  it('is recorded before it begins', async () => {
    await audited(audit, EVENT, () => {
      expect(results()).toEqual(['pending']);
      return Promise.resolve('saved');
    });
  });

  it('stays pending if its outcome is unknown', async () => {
    const work = (): Promise<string> => Promise.reject(new Error('no answer'));
    await expect(audited(audit, EVENT, work)).rejects.toThrow('no answer');
    expect(results()).toEqual(['pending']);
  });
});

import { expect, it } from 'vitest';
import { decideUser } from '../../../../shared/core/decisions/decideUser.ts';
import { MAX_USER_DEVICES } from '../../../../shared/core/decisions/userDevices.ts';
import { createDeviceRecord, type DeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type { DecisionRecord } from '../../../../shared/core/ports/logs.ts';
import { given, healthyDeviceOn } from '../../../support/given.ts';

const AT = new Date('2026-01-01T12:10:00.000Z');
const healthyRecord = (): DeviceRecord => ({
  ...createDeviceRecord('phone'),
  device: healthyDeviceOn('android'),
});

/** Decides in an organisation without access policies, so every known device is allowed. */
async function decide(
  records: readonly DeviceRecord[],
): Promise<{ readonly decision: string; readonly stored: readonly DecisionRecord[] }> {
  const stored: DecisionRecord[] = [];
  const organisation = given({ settings: { secureByDefault: false } });
  const { decision } = await decideUser(
    {
      devices: {
        list: (_, top) => Promise.resolve({ records: records.slice(0, top), unreadable: [] }),
      },
      configuration: {
        load: () => Promise.resolve({ ...organisation, conditionalAccessPolicies: [] }),
      },
      decisions: {
        writer: '0123abcd',
        record: (each) => void stored.push(...each),
        find: () => Promise.resolve(undefined),
      },
      milestones: { record: () => Promise.resolve(), list: () => Promise.resolve({}) },
      log: { warn: () => undefined, error: () => undefined },
    },
    { userPrincipalName: 'ada.lovelace@contoso.example', resource: 'wifi' },
    { caller: 'gateway', at: AT },
  );
  return { decision, stored };
}

it('allows a user with unrestricted devices and stores one record for all of them', async () => {
  const { decision, stored } = await decide([healthyRecord(), healthyRecord()]);
  expect(decision).toBe('allow');
  expect(stored).toMatchObject([{ decision: 'allow', identifiedBy: 'userPrincipalName' }]);
});

it('blocks a user without a device, even if no policy requires one', async () => {
  const { decision, stored } = await decide([]);
  expect(decision).toBe('block');
  expect(stored).toMatchObject([
    { decision: 'block', complianceState: 'unknown', reasonCodes: ['deviceNotEnrolled'] },
  ]);
});

it('blocks a user with more than the maximum number of devices, even if all are healthy', async () => {
  const many = Array.from({ length: MAX_USER_DEVICES }, healthyRecord);
  expect((await decide(many)).decision).toBe('allow');
  const { decision, stored } = await decide([...many, healthyRecord()]);
  expect(decision).toBe('block');
  expect(stored).toMatchObject([
    { complianceState: 'error', reasonCodes: ['deviceRecordInvalid'] },
  ]);
});

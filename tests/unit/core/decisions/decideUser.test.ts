import { expect, it } from 'vitest';
import { decideUser } from '../../../../shared/core/decisions/decideUser.ts';
import { MAX_USER_DEVICES } from '../../../../shared/core/decisions/userDevices.ts';
import { createDeviceRecord, type DeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type { DecisionRecord } from '../../../../shared/core/ports/logs.ts';
import { given, wellDevice } from '../../../support/given.ts';

const AT = new Date('2026-01-01T12:10:00.000Z');
const well = (): DeviceRecord => ({
  ...createDeviceRecord('phone'),
  device: wellDevice('android'),
});

/** Decides in an organisation that asks for nothing: every device that is known is let in. */
async function decide(
  records: readonly DeviceRecord[],
): Promise<{ readonly decision: string; readonly kept: readonly DecisionRecord[] }> {
  const kept: DecisionRecord[] = [];
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
        record: (each) => void kept.push(...each),
        find: () => Promise.resolve(undefined),
      },
      milestones: { record: () => Promise.resolve(), list: () => Promise.resolve({}) },
      log: { warn: () => undefined, error: () => undefined },
    },
    { userPrincipalName: 'ada.lovelace@contoso.example', resource: 'wifi' },
    { caller: 'gateway', at: AT },
  );
  return { decision, kept };
}

it('lets a user in whose device nothing forbids, and keeps one record for all of them', async () => {
  const { decision, kept } = await decide([well(), well()]);
  expect(decision).toBe('allow');
  expect(kept).toMatchObject([{ decision: 'allow', identifiedBy: 'userPrincipalName' }]);
});

it('blocks a user without a device, though no policy asks for one', async () => {
  const { decision, kept } = await decide([]);
  expect(decision).toBe('block');
  expect(kept).toMatchObject([
    { decision: 'block', complianceState: 'unknown', reasonCodes: ['deviceNotEnrolled'] },
  ]);
});

it('blocks a user with more devices than are looked at, however well those are', async () => {
  const many = Array.from({ length: MAX_USER_DEVICES }, well);
  expect((await decide(many)).decision).toBe('allow');
  const { decision, kept } = await decide([...many, well()]);
  expect(decision).toBe('block');
  expect(kept).toMatchObject([{ complianceState: 'error', reasonCodes: ['deviceRecordInvalid'] }]);
});

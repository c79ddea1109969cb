import { expect, it } from 'vitest';
import { fromConfigurationDocuments } from '../../../../shared/core/configuration/configurationDocuments.ts';

/** The tenant settings as an earlier release stored them. */
const STORED_BEFORE = {
  id: 'default',
  kind: 'tenantSettings',
  version: 3,
  secureByDefault: true,
  deviceComplianceCheckinThresholdDays: 30,
  deviceHeartbeatWindowInSeconds: 36000,
  deviceHeartbeatSlackInSeconds: 7200,
  partnerHeartbeatSlackInSeconds: 60,
  silenceBreakerShareInPercent: 20,
  silenceBreakerMinimumDevices: 50,
  lastModifiedDateTime: '2026-01-01T12:00:00.000Z',
};

it('reads tenant settings that were stored before a hold had an end', () => {
  const { tenantSettings, problems } = fromConfigurationDocuments([STORED_BEFORE]);
  expect([tenantSettings?.maximumHoldInHours, problems]).toEqual([24, []]);
});

it('blocks by a problem if the hold is too short or too long', () => {
  const read = (maximumHoldInHours: number): number => {
    const document = { ...STORED_BEFORE, maximumHoldInHours };
    return fromConfigurationDocuments([document]).problems.length;
  };
  expect([0, 1, 168, 169].map(read)).toEqual([1, 0, 0, 1]);
});

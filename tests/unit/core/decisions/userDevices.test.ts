import { expect, it } from 'vitest';
import {
  evaluateUserDevices,
  MAX_USER_DEVICES,
} from '../../../../shared/core/decisions/userDevices.ts';
import { createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type { DeviceList, DevicePage } from '../../../../shared/core/ports/devices.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';

const NOW = '2026-01-01T12:10:00.000Z';

/** A list with one page per size. Its continuation is the number of the page. */
function listOf(...sizes: readonly number[]): DeviceList & { readonly requestedSizes: number[] } {
  const requestedSizes: number[] = [];
  return {
    requestedSizes,
    list(filter, top, continuation) {
      expect(filter).toEqual({ userPrincipalName: 'ada@contoso.example' });
      const at = Number(continuation ?? 0);
      requestedSizes.push(top);
      const page: DevicePage = {
        records: Array.from({ length: Math.min(top, sizes[at] ?? 0) }, (_, each) =>
          createDeviceRecord(`${String(at)}-${String(each)}`),
        ),
        unreadable: [],
        ...(at + 1 < sizes.length ? { continuation: String(at + 1) } : {}),
      };
      return Promise.resolve(page);
    },
  };
}

const evaluate = (devices: DeviceList): ReturnType<typeof evaluateUserDevices> =>
  evaluateUserDevices(devices, 'ada@contoso.example', sampleConfiguration(), NOW);

it('reads every page, even after an empty one', async () => {
  const { evaluations, hasMore } = await evaluate(listOf(2, 0, 3));
  expect([evaluations.length, hasMore]).toEqual([5, false]);
});

it('returns exactly the maximum without an error if the next page is empty', async () => {
  const { evaluations, hasMore } = await evaluate(listOf(MAX_USER_DEVICES, 0));
  expect([evaluations.length, hasMore]).toEqual([MAX_USER_DEVICES, false]);
  expect(evaluations.map(({ complianceState }) => complianceState)).not.toContain('error');
});

it('requests no more than the maximum and counts the remaining devices as one in error', async () => {
  const devices = listOf(60, 60, 60);
  const { evaluations, hasMore } = await evaluate(devices);
  expect([evaluations.length, hasMore]).toEqual([MAX_USER_DEVICES + 1, true]);
  expect(evaluations.at(-1)?.complianceState).toBe('error');
  expect(devices.requestedSizes).toEqual([101, 41]);
});

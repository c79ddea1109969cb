import { expect, it } from 'vitest';
import {
  evaluateUserDevices,
  MAX_USER_DEVICES,
} from '../../../../shared/core/decisions/userDevices.ts';
import { createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import type { DeviceList, DevicePage } from '../../../../shared/core/ports/devices.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';

const NOW = '2026-01-01T12:10:00.000Z';

/** A list of `sizes.length` pages; each asked for by its number. */
function listOf(...sizes: readonly number[]): DeviceList & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    list(filter, top, continuation) {
      expect(filter).toEqual({ userPrincipalName: 'ada@contoso.example' });
      const at = Number(continuation ?? 0);
      asked.push(top);
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

it('reads every page, also behind an empty one', async () => {
  const { evaluations, hasMore } = await evaluate(listOf(2, 0, 3));
  expect([evaluations.length, hasMore]).toEqual([5, false]);
});

it('takes exactly as many as it may for all there are, though a page more is announced', async () => {
  const { evaluations, hasMore } = await evaluate(listOf(MAX_USER_DEVICES, 0));
  expect([evaluations.length, hasMore]).toEqual([MAX_USER_DEVICES, false]);
  expect(evaluations.map(({ complianceState }) => complianceState)).not.toContain('error');
});

it('asks for no more than it may look at, and counts what is left over as one in error', async () => {
  const devices = listOf(60, 60, 60);
  const { evaluations, hasMore } = await evaluate(devices);
  expect([evaluations.length, hasMore]).toEqual([MAX_USER_DEVICES + 1, true]);
  expect(evaluations.at(-1)?.complianceState).toBe('error');
  expect(devices.asked).toEqual([101, 41]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  findNacDevices,
  type NacPage,
} from '../../../../../shared/edge/callers/nac/findNacDevices.ts';
import { addSeconds } from '../../../../../shared/base/dateTime.ts';
import {
  advanceRecord,
  createDeviceRecord,
  type DeviceRecord,
} from '../../../../../shared/domain/deviceRecord.ts';
import type { Configuration } from '../../../../../shared/domain/compliance/configuration.ts';
import { blockAfter, given } from '../../../../support/given.ts';
import { healthySignals, INCIDENT, NOW, signalOf } from '../../../../support/signals.ts';
import { startWorld, type World } from '../../../../support/world.ts';

const HOUR_IN_SECONDS = 60 * 60;
const later = (hours: number): string => addSeconds(NOW, hours * HOUR_IN_SECONDS);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const configuration = given({
  policy: blockAfter(2),
  settings: { deviceHeartbeatWindowInSeconds: 400 * 24 * HOUR_IN_SECONDS },
});

/** Saves a device as evaluated at `NOW`. */
async function save(deviceId: string, isInfected: boolean): Promise<void> {
  await world.services.devices.save(recordOf(deviceId, isInfected), undefined);
}

function recordOf(deviceId: string, isInfected = false): DeviceRecord {
  const signals = [
    ...healthySignals(deviceId),
    ...(isInfected
      ? [signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW, deviceId)]
      : []),
  ];
  return advanceRecord(createDeviceRecord(deviceId), signals, configuration, NOW);
}

function list(
  caller: string,
  now: string,
  page = 0,
  used: Configuration = configuration,
): Promise<NacPage> {
  const services = {
    ...world.services,
    configuration: { load: async () => used },
    log: { warn: () => undefined, error: () => undefined },
  };
  return findNacDevices(services, { kind: 'noncompliant', page }, { caller, at: new Date(now) });
}

const idsOf = ({ devices }: NacPage): string[] => devices.map(({ deviceId }) => deviceId);

it('lists a device whose grace period ended after it was stored', async () => {
  await save('good', false);
  await save('infected', true);
  expect(idsOf(await list('during', later(1)))).toEqual([]);
  expect(idsOf(await list('after', later(3)))).toEqual(['infected']);
});

it('answers a caller again after four hours and not a second before', async () => {
  await list('poller', NOW);
  await expect(list('poller', addSeconds(later(4), -1))).rejects.toMatchObject({
    code: 'serviceNotAvailable',
    retryAfterInSeconds: 1,
  });
  await expect(list('poller', later(1))).rejects.toMatchObject({ retryAfterInSeconds: 3 * 3600 });
  expect(idsOf(await list('poller', later(4)))).toEqual(['infected']);
  await expect(list('poller', later(5))).rejects.toMatchObject({ retryAfterInSeconds: 3 * 3600 });
});

it('does not count a failed request', async () => {
  world.cosmos.faults.add({ kind: 'status', status: 503, container: 'devices' });
  await expect(list('unlucky', NOW)).rejects.toMatchObject({ code: 'serviceNotAvailable' });
  world.cosmos.faults.clear();
  expect(await list('unlucky', later(3))).toMatchObject({ devices: [{ deviceId: 'infected' }] });
});

it('rejects a later page before the first page was requested', async () => {
  await expect(list('impatient', NOW, 1)).rejects.toMatchObject({
    code: 'invalidRequest',
    details: [{ path: 'paging' }],
  });
});

it('rejects a query for a user with more devices than one answer holds', async () => {
  const services = (count: number): Parameters<typeof findNacDevices>[0] => ({
    ...world.services,
    devices: {
      ...world.services.devices,
      // One device a page.
      list: (_, top, from = '0') =>
        Promise.resolve({
          records: Number(from) < count ? [recordOf(`device-${from}`)] : [],
          unreadable: [],
          ...(Number(from) + 1 < count && top > 0
            ? { continuation: String(Number(from) + 1) }
            : {}),
        }),
    },
    configuration: { load: () => Promise.resolve(configuration) },
    log: { warn: () => undefined, error: () => undefined },
  });
  const ask = (count: number): Promise<NacPage> =>
    findNacDevices(
      services(count),
      { kind: 'user', userPrincipalName: 'ada@contoso.example' },
      { caller: `of ${String(count)}`, at: new Date(NOW) },
    );
  expect((await ask(100)).devices.length).toBe(100);
  await expect(ask(101)).rejects.toMatchObject({ code: 'serviceNotAvailable' });
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  from: World['services'] = world.services,
): Promise<NacPage> {
  const services = {
    ...from,
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

it('answers a repeated list at once, with what has become noncompliant since', async () => {
  expect(idsOf(await list('poller', later(3)))).toEqual(['infected']);
  expect(idsOf(await list('poller', later(3)))).toEqual(['infected']);
  await save('infected-later', true);
  expect(idsOf(await list('poller', later(3))).toSorted()).toEqual(['infected', 'infected-later']);
});

it('answers again after a failed request', async () => {
  world.cosmos.faults.add({ kind: 'status', status: 503, container: 'devices' });
  await expect(list('unlucky', NOW)).rejects.toMatchObject({ code: 'serviceNotAvailable' });
  world.cosmos.faults.clear();
  expect(idsOf(await list('unlucky', later(3)))).toContain('infected');
});

it.each([1, 100_001, 2_000_000_001, 9_999_999_999])(
  'rejects the page %i of a list that nobody began',
  async (page) => {
    await expect(list('impatient', NOW, page)).rejects.toMatchObject({
      code: 'invalidRequest',
      details: [{ path: 'paging' }],
    });
  },
);

it('reads a list whose caller left a document of an earlier version', async () => {
  const caller = 'upgraded';
  const stored = {
    id: createHash('sha256').update(caller).digest('base64url'),
    kind: 'nacListing',
    caller,
    startedDateTime: later(3),
    page: 0,
    cursor: { stateIndex: 0 },
  };
  await world.services.documents.saveDocument(stored, undefined);
  expect(idsOf(await list(caller, later(3)))).toContain('infected');
});

describe('a list of several pages', () => {
  const many = Array.from({ length: 230 }, (_, at) => `many-${String(at).padStart(3, '0')}`);
  beforeAll(async () => {
    for (const deviceId of many) await save(deviceId, true);
  });

  /** Reads a list from `page` to its end, in one of two processes by turns. */
  async function readFrom(caller: string, page: number): Promise<readonly string[]> {
    const ids: string[] = [];
    const another = world.anotherWorker();
    let turn = 0;
    for (let next: number | undefined = page; next !== undefined; turn += 1) {
      const services = turn % 2 === 0 ? world.services : another;
      const found: NacPage = await list(caller, later(3), next, configuration, services);
      ids.push(...idsOf(found));
      next = found.nextPage;
    }
    return ids;
  }

  const everybody = async (): Promise<readonly string[]> =>
    (await readFrom('everybody', 0)).toSorted();

  it('is read to its end whoever begins, repeats or leaves a list with the same key meanwhile', async () => {
    const all = await everybody();
    expect(all).toEqual(expect.arrayContaining(many));
    const caller = 'robbed';
    await list(caller, later(3));
    const first = await list(caller, later(3));
    const stolen = await list(caller, later(3));
    await list(caller, later(3), stolen.nextPage);
    await list(caller, later(3));
    const rest = await readFrom(caller, first.nextPage ?? 0);
    expect([...idsOf(first), ...rest].toSorted()).toEqual(all);
    expect((await readFrom(caller, 0)).toSorted()).toEqual(all);
  });

  it('numbers its pages one by one, and repeats its last page', async () => {
    const pages = [await list('counting', later(3)), await list('counting', later(3), 1)];
    expect(pages.map(({ nextPage }) => nextPage)).toEqual([1, 2]);
    expect(idsOf(await list('counting', later(3), 1))).toEqual(pages.slice(1).flatMap(idsOf));
    const last = await list('counting', later(3), 2);
    expect(last.nextPage).toBeUndefined();
    expect(idsOf(await list('counting', later(3), 2))).toEqual(idsOf(last));
  });

  it('answers one of two simultaneous requests for one page, and both for page 0', async () => {
    const begun = await Promise.all([list('twice', later(3)), list('twice', later(3))]);
    const numbers = begun.map(({ nextPage }) => nextPage);
    expect(new Set(numbers).size).toBe(2);
    const [number] = numbers;
    const both = await Promise.allSettled([1, 2].map(() => list('twice', later(3), number)));
    const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'serviceNotAvailable', retryAfterInSeconds: 1 });
    expect(refused.length).toBeLessThan(2);
  });

  it('costs its caller 100 for each page', async () => {
    const taken: unknown[] = [];
    const rateLimit = { take: (...spent: readonly unknown[]) => void taken.push(spent) };
    const services = { ...world.services, rateLimit };
    await list('charged', later(3), 0, configuration, services);
    expect(taken).toEqual([['charged', 100, new Date(later(3))]]);
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

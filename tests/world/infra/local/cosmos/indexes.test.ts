import { expect, test } from 'vitest';
import {
  refusalOf,
  resultsOf,
  START_IN_MILLISECONDS,
  startTestServer,
  type TestServer,
} from '../../../../support/cosmosTestServer.ts';

const DEVICES = 300;

const due = (n: number): string => new Date(START_IN_MILLISECONDS + n * 1000).toISOString();

/** The project's container of devices, filled. */
async function startWithDevices(): Promise<
  TestServer & { readonly devices: ReturnType<TestServer['container']> }
> {
  const started = await startTestServer();
  const devices = started.container('devices');
  const operations = Array.from({ length: DEVICES }, (_, n) => ({
    operationType: 'Create' as const,
    resourceBody: {
      id: `${n}`,
      deviceId: `${n}`,
      isManaged: n % 2 === 0,
      operatingSystem: n % 10 === 0 ? 'Android' : 'iOS',
      userPrincipalName: `user${n}@example.com`,
      sweepDueDateTime: due(n),
      note: `note ${n}`,
    },
  }));
  for (let n = 0; n < DEVICES; n += 100) await devices.items.bulk(operations.slice(n, n + 100));
  return { ...started, devices };
}

/** The cost of a query, and whether it had to scan. */
async function costOf(
  { server, devices }: Awaited<ReturnType<typeof startWithDevices>>,
  query: string,
): Promise<{ readonly results: number; readonly isScan: boolean; readonly requestUnits: number }> {
  const count = (): { readonly requestUnits: number; readonly scans: number } =>
    server.counters()['devices/query'] ?? { requestUnits: 0, scans: 0 };
  const before = count();
  const results = await resultsOf(devices, query, { '@t': due(5) });
  const after = count();
  return {
    results: results.length,
    isScan: after.scans > before.scans,
    requestUnits: after.requestUnits - before.requestUnits,
  };
}

test('a query over indexed paths costs what it returns, not what exists', async () => {
  const started = await startWithDevices();
  for (const [query, results] of [
    ['SELECT * FROM c WHERE c.sweepDueDateTime <= @t', 6],
    ['SELECT * FROM c WHERE c.sweepDueDateTime <= @t ORDER BY c.sweepDueDateTime', 6],
    ['SELECT TOP 3 * FROM c WHERE c.sweepDueDateTime <= @t ORDER BY c.sweepDueDateTime', 3],
    ['SELECT TOP 3 * FROM c ORDER BY c.sweepDueDateTime DESC', 3],
    ['SELECT VALUE c.deviceId FROM c WHERE c.sweepDueDateTime < @t AND c.isManaged', 3],
    ['SELECT * FROM c WHERE c.isManaged = true AND c.userPrincipalName = "user8@example.com"', 1],
    ['SELECT * FROM c WHERE c.userPrincipalName IN ("user1@example.com", "user2@example.com")', 2],
    ['SELECT * FROM c WHERE STARTSWITH(c.userPrincipalName, "user29")', 11],
    ['SELECT * FROM c WHERE IS_NULL(c.complianceState)', 0],
    ['SELECT * FROM c WHERE c.deviceId = "7" AND c.note != "x"', 1],
    ['SELECT VALUE MIN(c.sweepDueDateTime) FROM c WHERE c.sweepDueDateTime < @t', 1],
  ] as const) {
    const cost = await costOf(started, query);
    const expected = query.includes('note');
    expect({ query, ...cost, isCheap: cost.requestUnits < 4 }).toMatchObject({
      query,
      results,
      isScan: expected,
      isCheap: true,
    });
  }
});

test('a filter on a path without an index scans and is charged for a scan', async () => {
  const started = await startWithDevices();
  for (const query of [
    'SELECT * FROM c WHERE c.note = "note 7"',
    'SELECT * FROM c WHERE CONTAINS(c.userPrincipalName, "user77@")',
    'SELECT * FROM c WHERE c.userPrincipalName != "x" AND c.note = "note 7"',
  ]) {
    const cost = await costOf(started, query);
    expect({ query, ...cost, isExpensive: cost.requestUnits > 20 }).toMatchObject({
      query,
      results: 1,
      isScan: true,
      isExpensive: true,
    });
  }
});

test('rejects ordering by a path that is excluded from the index', async () => {
  const { devices } = await startWithDevices();
  for (const [query, reason] of [
    ['SELECT * FROM c ORDER BY c.note', /excluded from the index/],
    ['SELECT * FROM c WHERE c.isManaged ORDER BY c.note DESC', /excluded from the index/],
    ['SELECT * FROM c ORDER BY c.isManaged, c.operatingSystem', /composite index/],
    ['SELECT * FROM c ORDER BY LOWER(c.note)', /Unsupported ORDER BY/],
  ] as const) {
    const refusal = await refusalOf(resultsOf(devices, query));
    expect(refusal.code).toBe(400);
    expect(refusal.message).toMatch(reason);
  }
});

test('a composite index supports its order and the opposite one only', async () => {
  const { client } = await startTestServer();
  const { container } = await client.database('mtd').containers.create({
    id: 'pairs',
    partitionKey: { paths: ['/id'] },
    indexingPolicy: {
      compositeIndexes: [
        [
          { path: '/a', order: 'ascending' },
          { path: '/b', order: 'descending' },
        ],
      ],
    },
  });
  for (const [a, b] of [
    [1, 1],
    [2, 1],
    [1, 2],
  ]) {
    await container.items.create({ id: `${a}${b}`, a, b });
  }
  const query = 'SELECT VALUE c.id FROM c ORDER BY c.a';
  expect(await resultsOf(container, `${query}, c.b DESC`)).toEqual(['12', '11', '21']);
  expect(await resultsOf(container, `${query} DESC, c.b`)).toEqual(['21', '11', '12']);
  expect((await refusalOf(resultsOf(container, `${query}, c.b`))).code).toBe(400);
});

test('a changed indexing policy applies to stored items', async () => {
  const started = await startWithDevices();
  const { devices } = started;
  const query = 'SELECT * FROM c WHERE c.note = "note 7"';
  expect((await costOf(started, query)).isScan).toBe(true);
  const { resource } = await devices.read();
  if (resource === undefined) throw new Error('no container');
  await devices.replace({
    ...resource,
    indexingPolicy: { includedPaths: [{ path: '/note/?' }], excludedPaths: [{ path: '/*' }] },
  });
  expect(await costOf(started, query)).toMatchObject({ results: 1, isScan: false });
  expect((await costOf(started, 'SELECT * FROM c WHERE c.isManaged')).isScan).toBe(true);
});

test('a request costs what Cosmos DB documents: by size, and for a write also by index', async () => {
  const { container } = await startTestServer();
  const [devices, configuration] = [container('devices'), container('configuration')];
  const write = await configuration.items.create({ id: '1', kind: '1' });
  expect(write.requestCharge).toBeCloseTo(5.2);
  const indexed = await devices.items.create({ id: '1', deviceId: '1' });
  expect(indexed.requestCharge).toBeGreaterThan(write.requestCharge);
  expect((await devices.item('1', '1').read()).requestCharge).toBe(1);
  const large = await devices.items.create({ id: '2', deviceId: '2', text: 'x'.repeat(102_400) });
  expect(large.requestCharge).toBeGreaterThan(45);
  const read = (await devices.item('2', '2').read()).requestCharge;
  expect(read).toBeGreaterThan(9.5);
  expect(read).toBeLessThan(10.5);
});

import { expect, test } from 'vitest';
import {
  refusalOf,
  resultsOf,
  START_IN_MILLISECONDS,
  startTestServer,
  type TestServer,
} from '../../../../support/cosmosTestServer.ts';
import { defined } from '../../../../../shared/base/defined.ts';

/** A value of every type, by the id of its item. */
const VALUES: Readonly<Record<string, unknown>> = {
  nothing: null,
  no: false,
  yes: true,
  zero: 0,
  one: 1,
  half: 0.5,
  empty: '',
  text: 'a',
  digit: '1',
  list: [1],
  object: { a: 1 },
};

const due = (n: number): string => new Date(START_IN_MILLISECONDS + n * 1000).toISOString();

/** A container that indexes only `/v`, with one item per value and one without a value. */
async function startWithValues(): Promise<
  TestServer & { readonly values: ReturnType<TestServer['container']> }
> {
  const started = await startTestServer();
  const { container: values } = await started.client.database('mtd').containers.create({
    id: 'values',
    partitionKey: { paths: ['/p'] },
    indexingPolicy: { includedPaths: [{ path: '/v/?' }], excludedPaths: [{ path: '/*' }] },
  });
  for (const [id, v] of Object.entries(VALUES)) await values.items.create({ id, p: id, v, w: v });
  await values.items.create({ id: 'absent', p: 'absent' });
  return { ...started, values };
}

/** Conditions and the ids that match, by the type rules of Cosmos DB rather than SQLite. */
const CONDITIONS: readonly (readonly [string, readonly string[]])[] = [
  ['@ = 1', ['one']],
  ['@ = true', ['yes']],
  ['@ = false', ['no']],
  ['@', ['yes']],
  ['NOT @', ['no']],
  ['@ = null', ['nothing']],
  ['@ = "1"', ['digit']],
  ['@ != 1', ['nothing', 'no', 'yes', 'zero', 'half', 'empty', 'text', 'digit', 'list', 'object']],
  ['@ = [1]', ['list']],
  ['@ > 0', ['one', 'half']],
  ['@ >= 0 AND @ < 1', ['zero', 'half']],
  ['@ BETWEEN 0 AND 0.5', ['zero', 'half']],
  ['@ < "a"', ['empty', 'digit']],
  ['NOT (@ < "a")', ['text']],
  ['@ IN (1, "a", true, null)', ['nothing', 'yes', 'one', 'text']],
  [
    '@ NOT IN (1, "a")',
    ['nothing', 'no', 'yes', 'zero', 'half', 'empty', 'digit', 'list', 'object'],
  ],
  ['ARRAY_CONTAINS([0.5, "1"], @)', ['half', 'digit']],
  ['ARRAY_CONTAINS(@, 1)', ['list']],
  ['IS_NULL(@)', ['nothing']],
  ['NOT IS_DEFINED(@)', ['absent']],
  ['IS_STRING(@)', ['empty', 'text', 'digit']],
  ['IS_NUMBER(@)', ['zero', 'one', 'half']],
  ['IS_BOOL(@)', ['no', 'yes']],
  ['IS_ARRAY(@) OR IS_OBJECT(@)', ['list', 'object']],
  ['STARTSWITH(@, "1")', ['digit']],
  ['CONTAINS(@, "")', ['empty', 'text', 'digit']],
  ['ENDSWITH(@, "a")', ['text']],
  ['@.a = 1', ['object']],
  ['@[0] = 1', ['list']],
];

test.for(['v', 'w'])(
  'conditions distinguish value types on `c.%s`, indexed or not',
  async (name) => {
    const { values } = await startWithValues();
    for (const [condition, ids] of CONDITIONS) {
      const query = `SELECT VALUE c.id FROM c WHERE ${condition.replaceAll('@', `c.${name}`)}`;
      const found = await resultsOf(values, query);
      expect({ condition, found: new Set(found) }).toEqual({ condition, found: new Set(ids) });
    }
  },
);

test('values are ordered by type, then by value, in both directions', async () => {
  const { values } = await startWithValues();
  const order = [
    'absent',
    'nothing',
    'no',
    'yes',
    'zero',
    'half',
    'one',
    'empty',
    'digit',
    'text',
    'list',
    'object',
  ];
  expect(await resultsOf(values, 'SELECT VALUE c.id FROM c ORDER BY c.v')).toEqual(order);
  expect(await resultsOf(values, 'SELECT VALUE c.id FROM c ORDER BY c.v DESC')).toEqual(
    order.toReversed(),
  );
});

test('a parameter is always a value, even with hostile text', async () => {
  const { values } = await startWithValues();
  const attack = `' OR 1=1 --"; DROP TABLE items_4`;
  await values.items.create({ id: 'attack', p: 'attack', v: attack });
  const query = 'SELECT VALUE c.id FROM c WHERE c.v = @v';
  expect(await resultsOf(values, query, { '@v': attack })).toEqual(['attack']);
  const literal = `SELECT VALUE c.id FROM c WHERE c.v = ${JSON.stringify(attack)}`;
  expect(await resultsOf(values, literal)).toEqual(['attack']);
  expect(await resultsOf(values, query, { '@v': { a: 1 } })).toEqual(['object']);
});

test('a property name cannot break out of its path', async () => {
  const { values } = await startWithValues();
  expect(await resultsOf(values, `SELECT VALUE c.id FROM c WHERE IS_DEFINED(c["a'b"])`)).toEqual(
    [],
  );
  const quoted = String.raw`SELECT VALUE c.id FROM c WHERE IS_DEFINED(c["a\"') = 1 OR 1 = 1 --"])`;
  expect((await refusalOf(resultsOf(values, quoted))).code).toBe(501);
});

test('a selection keeps types and omits undefined values', async () => {
  const { values } = await startWithValues();
  const one = await resultsOf(
    values,
    'SELECT c.id, c.v, c.none, c.v > 0 AS positive FROM c',
    {},
    'half',
  );
  expect(one).toEqual([{ id: 'half', v: 0.5, positive: true }]);
  expect(
    await resultsOf(values, 'SELECT VALUE c.v FROM c WHERE c.id IN ("list", "nothing", "absent")'),
  ).toEqual([null, [1]]);
  expect(
    await resultsOf(values, 'SELECT VALUE {"n": c.v, "l": [c.id, 1]} FROM c', {}, 'one'),
  ).toEqual([{ n: 1, l: ['one', 1] }]);
});

test('aggregates work across partitions and within one', async () => {
  const { values } = await startWithValues();
  const ask = (what: string, where = 'IS_NUMBER(c.v)'): Promise<unknown[]> =>
    resultsOf(values, `SELECT VALUE ${what} FROM c WHERE ${where}`);
  expect(await ask('COUNT(1)', 'IS_DEFINED(c.id)')).toEqual([12]);
  expect(await ask('COUNT(c.v)', 'IS_DEFINED(c.id)')).toEqual([11]);
  expect(await ask('SUM(c.v)')).toEqual([1.5]);
  expect(await ask('AVG(c.v)')).toEqual([0.5]);
  expect(await ask('MIN(c.v)')).toEqual([0]);
  expect(await ask('MAX(c.v)')).toEqual([1]);
  expect(await ask('MIN(c.v)', 'IS_STRING(c.v)')).toEqual(['']);
  expect(await ask('MIN(c.v)', 'c.v > 5')).toEqual([]);
  expect(await ask('COUNT(1)', 'c.v > 5')).toEqual([0]);
  expect(await resultsOf(values, 'SELECT VALUE MAX(c.v) FROM c', {}, 'one')).toEqual([1]);
});

test('TOP, OFFSET and LIMIT count across pages', async () => {
  const { values } = await startWithValues();
  const query = 'SELECT VALUE c.id FROM c WHERE IS_STRING(c.v) OR IS_NUMBER(c.v) ORDER BY c.v';
  expect(await resultsOf(values, query.replace('VALUE', 'TOP 2 VALUE'))).toEqual(['zero', 'half']);
  const some = await resultsOf(values, `${query} OFFSET @skip LIMIT @take`, {
    '@skip': 1,
    '@take': 3,
  });
  expect(some).toEqual(['half', 'one', 'empty']);
  const top = values.items.query('SELECT TOP 5 VALUE c.id FROM c', { maxItemCount: 2 });
  expect((await top.fetchAll()).resources).toHaveLength(5);
});

test('DISTINCT, GROUP BY and JOIN return what Cosmos DB returns', async () => {
  const devices = (await startTestServer()).container('devices');
  await devices.items.create({ id: '1', deviceId: '1', operatingSystem: 'iOS', tags: ['a', 'b'] });
  await devices.items.create({ id: '2', deviceId: '2', operatingSystem: 'iOS', tags: ['b'] });
  await devices.items.create({ id: '3', deviceId: '3', operatingSystem: 'Android', tags: [] });
  expect(await resultsOf(devices, 'SELECT DISTINCT VALUE c.operatingSystem FROM c')).toEqual([
    'iOS',
    'Android',
  ]);
  const groups = await resultsOf(
    devices,
    'SELECT c.operatingSystem AS os, COUNT(1) AS n FROM c GROUP BY c.operatingSystem',
  );
  expect(groups).toEqual(
    expect.arrayContaining([
      { os: 'iOS', n: 2 },
      { os: 'Android', n: 1 },
    ]),
  );
  expect(await resultsOf(devices, 'SELECT c.id, t FROM c JOIN t IN c.tags WHERE t = "b"')).toEqual([
    { id: '1', t: 'b' },
    { id: '2', t: 'b' },
  ]);
  const having =
    'SELECT VALUE c.id FROM c WHERE EXISTS (SELECT VALUE t FROM t IN c.tags WHERE t = "a")';
  expect(await resultsOf(devices, having)).toEqual(['1']);
});

test('pages return each item once while items change their place', async () => {
  const devices = (await startTestServer()).container('devices');
  const write = (n: number, sweepDueDateTime = due(n)): Promise<unknown> =>
    devices.items.upsert({ id: `${n}`, deviceId: `${n}`, sweepDueDateTime });
  for (let n = 0; n < 40; n += 1) await write(n);
  const pages = devices.items.query<string>(
    {
      query: 'SELECT VALUE c.id FROM c WHERE c.sweepDueDateTime < @t',
      parameters: [{ name: '@t', value: due(40) }],
    },
    { maxItemCount: 7 },
  );
  const seen: string[] = [];
  while (pages.hasMoreResults()) {
    const { resources } = await pages.fetchNext();
    seen.push(...resources);
    // Items that were returned are no longer due, as after a sweep.
    await Promise.all(resources.map((id) => write(Number(id), due(1000))));
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
});

test('a continuation token works in a query that did not read the first page', async () => {
  const { container } = await startTestServer();
  const devices = container('devices');
  for (let n = 0; n < 25; n += 1)
    await devices.items.create({ id: `${n}`, deviceId: `${n}`, isManaged: true });
  const seen: string[] = [];
  let continuationToken: string | undefined;
  do {
    const page = await devices.items
      .query<{ id: string }>('SELECT * FROM c WHERE c.isManaged = true', {
        maxItemCount: 10,
        ...defined({ continuationToken }),
      })
      .fetchNext();
    seen.push(...page.resources.map(({ id }) => id));
    ({ continuationToken } = page);
  } while (continuationToken);
  expect(new Set(seen).size).toBe(25);
  expect(seen).toHaveLength(25);
  const broken = devices.items
    .query('SELECT * FROM c', { continuationToken: 'made up' })
    .fetchNext();
  expect((await refusalOf(broken)).code).toBe(400);
});

test('an ordered query across partitions continues from its token', async () => {
  const devices = (await startTestServer()).container('devices');
  for (let n = 0; n < 30; n += 1) {
    await devices.items.create({
      id: `${n}`,
      deviceId: `${n}`,
      operatingSystem: n % 3 === 0 ? 'Android' : 'iOS',
    });
  }
  for (const direction of ['ASC', 'DESC']) {
    const seen: string[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await devices.items
        .query<string>(`SELECT VALUE c.id FROM c ORDER BY c.operatingSystem ${direction}`, {
          maxItemCount: 7,
          enableQueryControl: true,
          ...defined({ continuationToken }),
        })
        .fetchNext();
      seen.push(...(page.resources ?? []));
      ({ continuationToken } = page);
    } while (continuationToken);
    expect({ direction, once: new Set(seen).size, all: seen.length }).toEqual({
      direction,
      once: 30,
      all: 30,
    });
  }
});

const REFUSED: readonly (readonly [string, number, RegExp])[] = [
  ['SELECT * FROM c WHERE c.id LIKE "a%"', 501, /`LIKE`/],
  ['SELECT * FROM c WHERE c.n + 1 = 2', 501, /`\+`/],
  ['SELECT * FROM c WHERE c.a ?? 1', 501, /`\?\?`/],
  ['SELECT * FROM c WHERE udf.f(c)', 501, /user-defined function/],
  ['SELECT * FROM c WHERE ST_DISTANCE(c.a, c.b) < 1', 501, /`ST_DISTANCE`/],
  ['SELECT * FROM c WHERE STARTSWITH(c.a, "b", true)', 501, /`STARTSWITH` with 3 arguments/],
  ['SELECT VALUE (SELECT VALUE 1) FROM c', 501, /subquery/],
  ['SELECT * FROM c WHERE c.a = @missing', 400, /`@missing`/],
  ['SELECT * FROM c WHERE x.a = 1', 400, /Identifier 'x'/],
  ['SELECT * FROM c WHERE', 400, /Syntax error/],
  ['SELECT * FROM c WHERE c.a = = 1', 400, /Syntax error/],
  ['SELECT * FROM c extra words', 400, /Syntax error/],
  ['UPDATE c SET c.a = 1', 400, /Syntax error/],
];

test.for(REFUSED)('`%s` is rejected by name', async ([query, code, message]) => {
  const devices = (await startTestServer()).container('devices');
  const refusal = await refusalOf(resultsOf(devices, query));
  expect(refusal.code).toBe(code);
  expect(refusal.message).toMatch(message);
});

import { join } from 'node:path';
import {
  ChangeFeedStartFrom,
  type Container,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from '@azure/cosmos';
import { expect, test } from 'vitest';
import { refusalOf, resultsOf, startTestServer } from '../../../../support/cosmosTestServer.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const event = (id: string, more: object = {}): { id: string; deviceId: string } => ({
  id,
  deviceId: 'd',
  ...more,
});

test('a batch succeeds or fails as a whole', async () => {
  const events = (await startTestServer()).container('events');
  const done = await events.items.batch(
    [
      { operationType: 'Create', resourceBody: event('1') },
      { operationType: 'Upsert', resourceBody: event('2', { n: 1 }) },
      {
        operationType: 'Patch',
        id: '2',
        resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
      },
      { operationType: 'Read', id: '2' },
      { operationType: 'Delete', id: '1' },
    ],
    'd',
  );
  expect(done.result?.map(({ statusCode }) => statusCode)).toEqual([201, 201, 200, 200, 204]);
  const undone = await events.items.batch(
    [
      { operationType: 'Create', resourceBody: event('3') },
      { operationType: 'Replace', id: '2', ifMatch: '"stale"', resourceBody: event('2') },
      { operationType: 'Delete', id: '2' },
    ],
    'd',
  );
  expect(undone.result?.map(({ statusCode }) => statusCode)).toEqual([424, 412, 424]);
  expect(await resultsOf(events, 'SELECT c.id, c.n FROM c')).toEqual([{ id: '2', n: 2 }]);
});

test('a failed bulk operation does not affect the others', async () => {
  const events = (await startTestServer()).container('events');
  await events.items.create(event('2'));
  const results = await events.items.executeBulkOperations(
    ['1', '2', '3'].map((id) => ({
      operationType: 'Create' as const,
      partitionKey: 'd',
      resourceBody: event(id),
    })),
  );
  const statuses = results.map(({ response, error }) => response?.statusCode ?? error?.code);
  expect(statuses).toEqual([201, 409, 201]);
});

/** The ids that changed since `start`, and the token for the next changes. */
async function changesOf(
  container: Container,
  start: ChangeFeedStartFrom,
): Promise<{ readonly ids: unknown[]; readonly token: string }> {
  const feed = container.items.getChangeFeedIterator<{ id: string }>({
    changeFeedStartFrom: start,
    maxItemCount: 2,
  });
  const ids: unknown[] = [];
  for (;;) {
    const { result, statusCode, continuationToken } = await feed.readNext();
    if (statusCode === 304) return { ids, token: continuationToken };
    ids.push(...result.map(({ id }) => id));
  }
}

test('the change feed returns each changed item once, in order, and continues after a restart', async () => {
  const file = join(temporaryFolder('cosmos'), 'account.db');
  const before = await startTestServer(file);
  for (const id of ['1', '2', '3']) await before.container('events').items.create(event(id));
  await before.container('events').items.upsert(event('1'));
  const first = await changesOf(before.container('events'), ChangeFeedStartFrom.Beginning());
  expect(first.ids).toEqual(['2', '3', '1']);
  await before.server.stop();
  const after = (await startTestServer(file)).container('events');
  await after.items.upsert(event('2'));
  expect((await changesOf(after, ChangeFeedStartFrom.Continuation(first.token))).ids).toEqual([
    '2',
  ]);
});

test('a unique key is unique within its partition', async () => {
  const { database } = await (
    await startTestServer()
  ).client.databases.createIfNotExists({ id: 'mtd' });
  const { container } = await database.containers.create({
    id: 'unique',
    partitionKey: { paths: ['/p'] },
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/serial'] }] },
  });
  await container.items.create({ id: '1', p: 'a', serial: 's' });
  await container.items.create({ id: '1', p: 'b', serial: 's' });
  const second = container.items.create({ id: '2', p: 'a', serial: 's' });
  expect((await refusalOf(second)).code).toBe(409);
});

test('a hierarchical partition key finds one partition and everything below a prefix', async () => {
  const { database } = await (
    await startTestServer()
  ).client.databases.createIfNotExists({ id: 'mtd' });
  const { container } = await database.containers.create({
    id: 'hierarchy',
    partitionKey: {
      paths: ['/tenant', '/device'],
      kind: PartitionKeyKind.MultiHash,
      version: PartitionKeyDefinitionVersion.V2,
    },
  });
  for (const [tenant, device] of [
    ['t', '1'],
    ['t', '2'],
    ['t"', '1'],
    ['tt', '1'],
  ]) {
    await container.items.create({ id: 'x', tenant, device });
  }
  expect((await container.item('x', ['t', '2']).read()).statusCode).toBe(200);
  expect((await container.item('x', ['t', '3']).read()).statusCode).toBe(404);
  const { resources } = await container.items
    .query('SELECT VALUE c.device FROM c', { partitionKey: ['t'] })
    .fetchAll();
  expect(resources).toEqual(['1', '2']);
});

test('all items of one partition can be deleted at once', async () => {
  const events = (await startTestServer()).container('events');
  await events.items.create(event('1'));
  await events.items.create({ id: '2', deviceId: 'other' });
  await events.deleteAllItemsForPartitionKey('d');
  expect(await resultsOf(events, 'SELECT VALUE c.id FROM c')).toEqual(['2']);
});

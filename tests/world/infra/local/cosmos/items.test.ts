import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';
import {
  refusalOf,
  startTestServer,
  START_IN_MILLISECONDS,
} from '../../../../support/cosmosTestServer.ts';

const device = (id: string, more: object = {}): { id: string; deviceId: string } => ({
  id,
  deviceId: id,
  ...more,
});

test('an item is returned unchanged, with the system properties', async () => {
  const devices = (await startTestServer()).container('devices');
  const sent = device('ü "1"', {
    text: 'line\nsep\u2028\u{1F600}',
    nothing: null,
    list: [1.5, true, { a: [] }],
  });
  const { etag, statusCode } = await devices.items.create(sent);
  const { resource } = await devices.item('ü "1"', 'ü "1"').read<Record<string, unknown>>();
  expect(statusCode).toBe(201);
  expect(resource).toMatchObject({ ...sent, _etag: etag, _ts: START_IN_MILLISECONDS / 1000 });
  expect(resource?.['_rid']).toEqual(expect.any(String));
});

test('one id in two partitions is two items', async () => {
  const configuration = (await startTestServer()).container('configuration');
  await configuration.items.create({ id: 'default', kind: 'a', value: 1 });
  await configuration.items.create({ id: 'default', kind: 'b', value: 2 });
  const { resource } = await configuration.item('default', 'b').read<{ value: number }>();
  expect(resource?.value).toBe(2);
  expect((await configuration.item('default', 'c').read()).statusCode).toBe(404);
});

test('a second create of an item is a conflict, an upsert is not', async () => {
  const devices = (await startTestServer()).container('devices');
  await devices.items.create(device('1'));
  expect((await refusalOf(devices.items.create(device('1')))).code).toBe(409);
  expect((await devices.items.upsert(device('1'))).statusCode).toBe(200);
  expect((await devices.items.upsert(device('2'))).statusCode).toBe(201);
});

test('a write with the ETag of an older version is rejected and changes nothing', async () => {
  const devices = (await startTestServer()).container('devices');
  const { etag } = await devices.items.create(device('1', { version: 1 }));
  const stale = { accessCondition: { type: 'IfMatch', condition: etag } };
  const item = devices.item('1', '1');
  const second = await item.replace(device('1', { version: 2 }), stale);
  const set = [{ op: 'set' as const, path: '/version', value: 3 }];
  for (const write of [
    () => item.replace(device('1', { version: 3 }), stale),
    () => devices.items.upsert(device('1', { version: 3 }), stale),
    () => item.patch(set, stale),
    () => item.delete(stale),
  ]) {
    expect((await refusalOf(write())).code).toBe(412);
  }
  const { resource, etag: current } = await item.read<{ version: number }>();
  expect(resource?.version).toBe(2);
  expect(current).toBe(second.etag);
});

test('exactly one of twenty writers with the same ETag succeeds', async () => {
  const devices = (await startTestServer()).container('devices');
  const { etag } = await devices.items.create(device('1'));
  const options = { accessCondition: { type: 'IfMatch', condition: etag } };
  const writes = Array.from({ length: 20 }, (_, writer) =>
    devices.item('1', '1').replace(device('1', { writer }), options),
  );
  const results = await Promise.allSettled(writes);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a read with the current ETag returns 304 until the item changes', async () => {
  const devices = (await startTestServer()).container('devices');
  const { etag } = await devices.items.create(device('1'));
  const condition = { accessCondition: { type: 'IfNoneMatch', condition: etag } };
  expect((await devices.item('1', '1').read(condition)).statusCode).toBe(304);
  await devices.items.upsert(device('1'));
  expect((await devices.item('1', '1').read(condition)).statusCode).toBe(200);
});

test('a create-only upsert is rejected if the item exists', async () => {
  const devices = (await startTestServer()).container('devices');
  const onlyNew = { accessCondition: { type: 'IfNoneMatch', condition: '*' } };
  expect((await devices.items.upsert(device('1'), onlyNew)).statusCode).toBe(201);
  expect((await refusalOf(devices.items.upsert(device('1'), onlyNew))).code).toBe(412);
});

test('a missing item cannot be replaced, patched or deleted', async () => {
  const item = (await startTestServer()).container('devices').item('1', '1');
  const set = [{ op: 'set' as const, path: '/a', value: 1 }];
  for (const write of [
    () => item.replace(device('1')),
    () => item.patch(set),
    () => item.delete(),
  ]) {
    expect((await refusalOf(write())).code).toBe(404);
  }
});

test('a patch applies its operations in order', async () => {
  const devices = (await startTestServer()).container('devices');
  await devices.items.create(device('1', { n: 1, list: [1, 3], gone: true, old: { a: 1 } }));
  const { resource } = await devices.item('1', '1').patch<object>([
    { op: 'incr', path: '/n', value: 4 },
    { op: 'add', path: '/list/1', value: 2 },
    { op: 'add', path: '/list/-', value: 4 },
    { op: 'set', path: '/old/b', value: 2 },
    { op: 'remove', path: '/gone' },
    { op: 'replace', path: '/n', value: 9 },
  ]);
  expect(resource).toMatchObject({ n: 9, list: [1, 2, 3, 4], old: { a: 1, b: 2 } });
  expect(resource).not.toHaveProperty('gone');
});

test('a patch of a missing path, the id or the partition key fails and changes nothing', async () => {
  const devices = (await startTestServer()).container('devices');
  const { etag } = await devices.items.create(device('1', { n: 1 }));
  for (const operation of [
    { op: 'remove' as const, path: '/nowhere' },
    { op: 'replace' as const, path: '/nowhere', value: 1 },
    { op: 'set' as const, path: '/nowhere/below', value: 1 },
    { op: 'set' as const, path: '/id', value: '2' },
    { op: 'set' as const, path: '/deviceId', value: '2' },
  ]) {
    const patch = devices.item('1', '1').patch([{ op: 'set', path: '/n', value: 2 }, operation]);
    const { code } = await refusalOf(patch);
    expect({ path: operation.path, code }).toEqual({ path: operation.path, code: 400 });
  }
  expect((await devices.item('1', '1').read()).etag).toBe(etag);
});

test('a patch is applied only if its condition holds', async () => {
  const configuration = (await startTestServer()).container('configuration');
  await configuration.items.create({ id: 'default', kind: 'connector' });
  const recordContact = (moment: string): Promise<unknown> =>
    configuration.item('default', 'connector').patch({
      condition: `FROM c WHERE NOT IS_DEFINED(c.seen) OR c.seen < "${moment}"`,
      operations: [{ op: 'set', path: '/seen', value: moment }],
    });
  await recordContact('2026-01-01T00:00:00Z');
  await recordContact('2026-01-03T00:00:00Z');
  expect((await refusalOf(recordContact('2026-01-02T00:00:00Z'))).code).toBe(412);
  const { resource } = await configuration.item('default', 'connector').read<{ seen: string }>();
  expect(resource?.seen).toBe('2026-01-03T00:00:00Z');
});

test('an item expires after its own time to live and frees its id', async () => {
  const { container, advance } = await startTestServer();
  const devices = container('devices');
  await devices.items.create(device('kept'));
  await devices.items.create(device('brief', { ttl: 60 }));
  advance(59);
  expect((await devices.item('brief', 'brief').read()).statusCode).toBe(200);
  advance(1);
  expect((await devices.item('brief', 'brief').read()).statusCode).toBe(404);
  const { resources } = await devices.items.query('SELECT VALUE c.id FROM c').fetchAll();
  expect(resources).toEqual(['kept']);
  expect((await devices.items.create(device('brief'))).statusCode).toBe(201);
});

test('the time to live of a container counts from the last write', async () => {
  const { container, advance } = await startTestServer();
  const events = container('events');
  const event = { id: '1', deviceId: 'd' };
  await events.items.create(event);
  advance(80 * 24 * 3600);
  await events.items.upsert(event);
  advance(80 * 24 * 3600);
  expect((await events.item('1', 'd').read()).statusCode).toBe(200);
  advance(10 * 24 * 3600);
  expect((await events.item('1', 'd').read()).statusCode).toBe(404);
});

test('an item above 2 MB is rejected, one below is stored', async () => {
  const devices = (await startTestServer()).container('devices');
  await devices.items.create(device('1', { text: 'x'.repeat(1_900_000) }));
  const large = devices.items.create(device('2', { text: 'x'.repeat(2_200_000) }));
  expect((await refusalOf(large)).code).toBe(413);
});

test('a replacement with another id or partition key is rejected', async () => {
  const devices = (await startTestServer()).container('devices');
  await devices.items.create(device('1'));
  const moved = devices.item('1', '1').replace({ id: '1', deviceId: '2' });
  expect((await refusalOf(moved)).code).toBe(400);
  const renamed = devices.item('1', '1').replace({ id: '2', deviceId: '1' });
  expect((await refusalOf(renamed)).code).toBe(400);
});

test('items and their ETags survive a restart', async () => {
  const file = join(temporaryFolder('cosmos'), 'account.db');
  const before = await startTestServer(file);
  const { etag } = await before.container('devices').items.create(device('1', { n: 1 }));
  await before.server.stop();
  const after = await startTestServer(file);
  const item = after.container('devices').item('1', '1');
  expect((await item.read()).etag).toBe(etag);
  const replaced = await item.replace(device('1', { n: 2 }), {
    accessCondition: { type: 'IfMatch', condition: etag },
  });
  expect(replaced.statusCode).toBe(200);
});

test('containers can be listed, given a new time to live, and deleted with their items', async () => {
  const { client, container } = await startTestServer();
  const events = container('events');
  await events.items.create({ id: '1', deviceId: 'd' });
  const { resource } = await events.read();
  if (resource === undefined) throw new Error('no container');
  await events.replace({ ...resource, defaultTtl: 5 });
  expect((await events.read()).resource?.defaultTtl).toBe(5);
  await events.delete();
  const { resources } = await client.database('mtd').containers.readAll().fetchAll();
  expect(resources.map(({ id }) => id)).toEqual(['devices', 'configuration']);
  expect((await refusalOf(events.items.create({ id: '1', deviceId: 'd' }))).code).toBe(404);
});

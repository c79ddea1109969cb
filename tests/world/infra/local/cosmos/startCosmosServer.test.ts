import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { CosmosClient } from '@azure/cosmos';
import { expect, onTestFinished, test } from 'vitest';
import { startCosmosServer } from '../../../../../infra/local/cosmos/startCosmosServer.ts';
import { connect, KEY, refusalOf, startTestServer } from '../../../../support/cosmosTestServer.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const item = { id: '1', deviceId: '1' };

test('rejects another key, a signature for another path, an invalid one and none', async () => {
  const { server } = await startTestServer();
  const wrongKey = connect(server.address, Buffer.from('another key').toString('base64'));
  expect((await refusalOf(wrongKey.database('mtd').read())).code).toBe(401);
  const url = `${server.address}/dbs/mtd`;
  expect((await fetch(url)).status).toBe(401);
  const date = new Date().toUTCString();
  const sign = (path: string): string => {
    const text = `get\ndbs\n${path}\n${date.toLowerCase()}\n\n`;
    const signature = createHmac('sha256', Buffer.from(KEY, 'base64')).update(text);
    return encodeURIComponent(`type=master&ver=1.0&sig=${signature.digest('base64')}`);
  };
  const valid = { authorization: sign('dbs/mtd'), 'x-ms-date': date };
  expect((await fetch(url, { headers: valid })).status).toBe(200);
  for (const authorization of [
    sign('dbs/other'),
    'type=master&ver=1.0&sig=',
    encodeURIComponent(`type=master&ver=1.0&sig=${Buffer.alloc(32).toString('base64')}`),
    'type=aad&ver=1.0&sig=token',
    '%',
  ]) {
    const answer = await fetch(url, { headers: { authorization, 'x-ms-date': date } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'Unauthorized' });
  }
});

test('a client with default settings discovers the server', async () => {
  const { server } = await startTestServer();
  const client = new CosmosClient({ endpoint: server.address, key: KEY });
  onTestFinished(() => client.dispose());
  const { resource } = await client.getDatabaseAccount();
  expect(resource?.writableLocations[0]?.databaseAccountEndpoint).toBe(`${server.address}/`);
  expect((await client.database('mtd').container('devices').items.create(item)).statusCode).toBe(
    201,
  );
});

test('rejects unsupported features by name', async () => {
  const { client, container } = await startTestServer();
  const devices = container('devices');
  const { containers } = client.database('mtd');
  const partitionKey = { paths: ['/id'] };
  for (const [request, name] of [
    [() => devices.scripts.storedProcedures.readAll().fetchAll(), /`sprocs`/],
    [() => devices.scripts.triggers.readAll().fetchAll(), /`triggers`/],
    [() => client.database('mtd').users.readAll().fetchAll(), /`users`/],
    [
      () =>
        containers.create({
          id: 'x',
          partitionKey,
          computedProperties: [{ name: 'a', query: '' }],
        }),
      /`computedProperties`/,
    ],
    [
      () =>
        containers.create({
          id: 'x',
          partitionKey,
          indexingPolicy: { spatialIndexes: [{ path: '/a/*', types: [] }] },
        }),
      /`spatialIndexes`/,
    ],
  ] as const) {
    const refusal = await refusalOf(request());
    expect(refusal.code).toBe(501);
    expect(refusal.message).toMatch(name);
  }
});

test('rejects an invalid request and keeps running', async () => {
  const { server, container } = await startTestServer();
  for (const [path, body] of [
    ['/%', ''],
    ['/_local/faults', '{'],
    ['/_local/faults', '[]'],
    ['/_local/faults', '{"kind":"status","status":418}'],
    ['/_local/faults', '{"kind":"delay","delay":1}'],
    ['/_local/faults', '{}'],
  ] as const) {
    const headers = { 'x-local-key': KEY };
    const answer = await fetch(`${server.address}${path}`, { method: 'POST', body, headers });
    expect({ path, body, status: answer.status }).toEqual({ path, body, status: 400 });
  }
  const socket = connectSocket(Number(new URL(server.address).port), '127.0.0.1');
  socket.write('POST /dbs HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
  socket.destroy();
  expect((await container('devices').items.create(item)).statusCode).toBe(201);
});

test('a fault rule makes matching requests fail as often as it says', async () => {
  const { server, container } = await startTestServer();
  const devices = container('devices');
  server.faults.add({
    operation: 'create',
    container: 'devices',
    id: '1',
    kind: 'status',
    status: 429,
    retryAfterInMs: 7,
    times: 2,
  });
  await devices.items.create({ id: '2', deviceId: '2' });
  const refused = await devices.items.create(item).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 429, retryAfterInMs: 7 });
  expect((await refusalOf(devices.items.create(item))).code).toBe(429);
  expect((await devices.items.create(item)).statusCode).toBe(201);
  server.faults.add({ kind: 'status', status: 503 });
  expect((await refusalOf(devices.item('1', '1').read())).code).toBe(503);
  expect((await refusalOf(devices.items.query('SELECT * FROM c').fetchAll())).code).toBe(503);
  server.faults.clear();
  expect((await devices.item('1', '1').read()).statusCode).toBe(200);
});

test('a client that retries succeeds after throttling', async () => {
  const { server, container } = await startTestServer();
  server.faults.add({ kind: 'status', status: 429, retryAfterInMs: 1, times: 3 });
  const client = new CosmosClient({
    endpoint: server.address,
    key: KEY,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  onTestFinished(() => client.dispose());
  const created = await client.database('mtd').container('devices').items.create(item);
  expect(created.statusCode).toBe(201);
  expect((await container('devices').item('1', '1').read()).etag).toBe(created.etag);
});

test('performs a write whose answer is lost', async () => {
  const { server, container } = await startTestServer();
  const devices = container('devices');
  server.faults.add({ operation: 'create', kind: 'lostAnswer', times: 1 });
  await expect(devices.items.create(item)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await refusalOf(devices.items.create(item))).code).toBe(409);
});

test('a delayed request delays no other', async () => {
  const { server, container } = await startTestServer();
  const devices = container('devices');
  server.faults.add({ operation: 'create', kind: 'delay', delayInMs: 100, times: 1 });
  const order: string[] = [];
  const delayed = devices.items.create(item).then(() => order.push('delayed'));
  await devices
    .item('2', '2')
    .read()
    .then(() => order.push('other'));
  await delayed;
  expect(order).toEqual(['other', 'delayed']);
});

test('other processes set fault rules and read counters with the account key only', async () => {
  const { server, container } = await startTestServer();
  const devices = container('devices');
  const ask = (method: string, path: string, body?: object, key = KEY): Promise<Response> =>
    fetch(`${server.address}/_local/${path}`, {
      method,
      headers: { 'x-local-key': key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  expect((await ask('POST', 'faults', { kind: 'status' }, 'no key')).status).toBe(401);
  expect((await ask('GET', 'counters', undefined, '')).status).toBe(401);
  expect(
    (await ask('POST', 'faults', { operation: 'read', kind: 'status', status: 503 })).status,
  ).toBe(200);
  await devices.items.create(item);
  expect((await refusalOf(devices.item('1', '1').read())).code).toBe(503);
  expect((await ask('DELETE', 'faults')).status).toBe(200);
  await devices.item('1', '1').read();
  expect(await (await ask('GET', 'counters')).json()).toEqual({
    'devices/create': { count: 1, requestUnits: 6.6, scans: 0 },
    'devices/read': { count: 1, requestUnits: 1, scans: 0 },
  });
  expect((await ask('GET', 'nothing')).status).toBe(404);
});

test('finishes pending requests before it stops, and does not wait for idle connections', async () => {
  const { server, container } = await startTestServer();
  const devices = container('devices');
  const silent = connectSocket(Number(new URL(server.address).port), '127.0.0.1');
  await once(silent, 'connect');
  await devices.items.create(item);
  server.faults.add({ operation: 'read', id: '1', kind: 'delay', delayInMs: 200 });
  const pending = devices.item('1', '1').read();
  // Its answer proves that the server has received the first request.
  await devices.item('2', '2').read();
  const [answer] = await Promise.all([pending, server.stop(), server.stop()]);
  expect(answer.statusCode).toBe(200);
  await expect(fetch(server.address)).rejects.toThrow('fetch failed');
});

test('two servers cannot share one file', async () => {
  const file = join(temporaryFolder('cosmos'), 'account.db');
  await startTestServer(file);
  await expect(startCosmosServer({ file, key: KEY })).rejects.toThrow(/locked/);
});

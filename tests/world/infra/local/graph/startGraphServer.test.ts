import {
  Client,
  HTTPMessageHandler,
  PageIterator,
  RetryHandler,
  RetryHandlerOptions,
  type PageCollection,
} from '@microsoft/microsoft-graph-client';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startGraphServer,
  type GraphServer,
} from '../../../../../infra/local/graph/startGraphServer.ts';
import { phone, toGuid } from '../../../../support/graphWorld.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const HEADER = 'only-this-machine-knows-it';
let clock: number;
let server: GraphServer;
let client: Client;

beforeEach(async () => {
  clock = Date.parse('2026-01-01T00:00:00Z');
  server = await startGraphServer({
    identityHeader: HEADER,
    pageSize: 3,
    clock: () => clock,
    tokenLifetimeInSeconds: 60,
  });
  client = microsoftClient();
});
afterEach(() => server.stop());

/** Microsoft's own client. It accepts only HTTPS, so the middleware rewrites its addresses to the local server. */
const SECURE = 'https://graph.invalid';
const microsoftClient = (): Client => {
  const { origin } = new URL(server.address);
  const retries = new RetryHandler(new RetryHandlerOptions());
  const sending = new HTTPMessageHandler();
  retries.setNext({
    async execute(context) {
      const headers = { ...(context.options?.headers as Record<string, string>) };
      headers['authorization'] = `Bearer ${await getToken()}`;
      context.options = { ...context.options, headers };
      context.request = (context.request as string).replace(SECURE, origin);
      await sending.execute(context);
      const { response } = context;
      if (response === undefined || response.status === 204) return;
      const text = await response.text();
      context.response = new Response(text.replaceAll(origin, SECURE), response);
    },
  });
  return Client.initWithMiddleware({ baseUrl: `${SECURE}/`, middleware: retries });
};

const getToken = async (header = HEADER, from = server): Promise<string> => {
  const resource = new URL(from.address).origin;
  const url = `${from.identityEndpoint}?resource=${resource}&api-version=2019-08-01`;
  const answer = await fetch(url, { headers: { 'x-identity-header': header } });
  const body = (await answer.json()) as { readonly access_token?: string };
  return body.access_token ?? '';
};

const all = async (path: string): Promise<{ found: unknown[]; deltaLink: string }> => {
  const found: unknown[] = [];
  const first = (await client.api(path).get()) as PageCollection;
  const pages = new PageIterator(client, first, (each) => {
    found.push(each);
    return true;
  });
  await pages.iterate();
  return { found, deltaLink: pages.getDeltaLink() ?? '' };
};

describe('the Graph server, called by Microsoft’s own client,', () => {
  it('returns pages, some of them empty', async () => {
    for (let index = 0; index < 10; index += 1) server.directory.enrol(phone(index));
    server.faults.add({
      kind: 'emptyPage',
      request: 'GET deviceManagement/managedDevices',
      after: 1,
    });
    const { found } = await all('/deviceManagement/managedDevices?$select=azureADDeviceId');
    expect(found).toHaveLength(10);
    expect(Object.keys(found[0] as object).toSorted()).toEqual(['azureADDeviceId', 'id']);
  });

  it('filters managed devices by their current device id, regardless of case', async () => {
    const { managedDevices } = server.directory;
    const deviceId = 'abcdef00-0000-4000-8000-000000000001';
    server.directory.enrol(phone(1));
    for (const id of ['b', 'a', 'c'])
      managedDevices.put(id, { azureADDeviceId: deviceId, osVersion: id });
    managedDevices.put('b', { azureADDeviceId: toGuid(2) });
    managedDevices.remove('c');
    managedDevices.put('d', { azureADDeviceId: deviceId });
    const idsOf = async (id: string): Promise<unknown[]> => {
      const filter = encodeURIComponent(`azureADDeviceId eq '${id}'`);
      const path = `/deviceManagement/managedDevices?$filter=${filter}&$select=id`;
      return (await all(path)).found;
    };
    expect(await idsOf(deviceId.toUpperCase())).toEqual([{ id: 'a' }, { id: 'd' }]);
    expect(await idsOf(toGuid(2))).toEqual([{ id: 'b' }]);
    expect(await idsOf(toGuid(3))).toEqual([]);
  });

  it('returns by delta all devices first, then changes of selected properties and deletions', async () => {
    for (let index = 0; index < 7; index += 1) server.directory.enrol(phone(index));
    const first = await all('/devices/delta?$select=deviceId,isManaged');
    expect(first.found).toHaveLength(7);
    const ids = [1, 2, 3].map((index) =>
      String(server.directory.findDevice(toGuid(index))?.['id']),
    );
    server.directory.devices.put(ids[0] ?? '', { displayName: 'not selected' });
    server.directory.retire(toGuid(2));
    server.directory.remove(toGuid(3));
    const second = await all(first.deltaLink);
    expect(second.found).toEqual([
      { id: ids[1], deviceId: toGuid(2), isManaged: false },
      { id: ids[2], '@removed': { reason: 'deleted' } },
    ]);
    expect((await all(second.deltaLink)).found).toEqual([]);
  });

  it('returns by delta only new changes of groups after `latest`', async () => {
    const [group, member] = [toGuid(1), toGuid(2)];
    server.directory.setMembers(group, {});
    const { deltaLink } = await all('/groups/delta?$select=members&$deltatoken=latest');
    server.directory.setMembers(group, { [member]: 'user' });
    const joined = await all(deltaLink);
    expect(joined.found).toEqual([
      { id: group, 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: member }] },
    ]);
    server.directory.setMembers(group, {});
    expect((await all(joined.deltaLink)).found).toMatchObject([
      { 'members@delta': [{ id: member, '@removed': { reason: 'deleted' } }] },
    ]);
  });

  it('expires delta links: after seven days with 400, after a reset with 410 and a new start', async () => {
    const { deltaLink } = await all('/devices/delta');
    server.reset();
    const gone = await fetch(deltaLink.replace(SECURE, new URL(server.address).origin), {
      headers: { authorization: `Bearer ${await getToken()}` },
    });
    expect(gone.status).toBe(410);
    expect(gone.headers.get('location')).toBe(`${server.address}/devices/delta?$deltatoken=`);
    const again = await all('/devices/delta');
    clock += 8 * 24 * 60 * 60 * 1000;
    await expect(all(again.deltaLink)).rejects.toMatchObject({
      statusCode: 400,
      code: 'syncStateNotFound',
    });
  });

  it('writes extension attributes and resolves nested group memberships', async () => {
    const { id } = server.directory.enrol(phone(1));
    server.directory.setMembers(toGuid(8), { [id]: 'device' });
    server.directory.setMembers(toGuid(9), { [toGuid(8)]: 'group' });
    const device = client.api(`/devices(deviceId='${toGuid(1)}')`);
    await device.patch({ extensionAttributes: { extensionAttribute3: 'compliant' } });
    await device.patch({ extensionAttributes: { extensionAttribute4: 'secured' } });
    expect(await client.api(`/devices/${id}`).get()).toMatchObject({
      extensionAttributes: { extensionAttribute3: 'compliant', extensionAttribute4: 'secured' },
    });
    const groupIds = [toGuid(7), toGuid(8), toGuid(9)];
    expect(await client.api(`/devices/${id}/checkMemberGroups`).post({ groupIds })).toMatchObject({
      value: [toGuid(8), toGuid(9)],
    });
    await expect(
      device.patch({ extensionAttributes: { extensionAttribute16: 'x' } }),
    ).rejects.toMatchObject({ statusCode: 400 });
  });

  it('answers each request of a batch separately, in another order', async () => {
    server.directory.enrol(phone(1));
    server.faults.add({
      kind: 'throttled',
      request: 'GET devices',
      after: 1,
      retryAfterInSeconds: 9,
    });
    const url = `/devices(deviceId='${toGuid(1)}')`;
    const answer = (await client.api('/$batch').post({
      requests: ['1', '2', '3'].map((id) => ({
        id,
        method: 'GET',
        url: id === '3' ? '/devices/nobody' : url,
      })),
    })) as { responses: { id: string; status: number; headers: Record<string, string> }[] };
    expect(answer.responses.map(({ id, status }) => `${id} ${String(status)}`)).toEqual([
      '3 404',
      '2 429',
      '1 200',
    ]);
    expect(answer.responses[1]?.headers['retry-after']).toBe('9');
    const many = Array.from({ length: 21 }, (_, id) => ({ id: String(id), method: 'GET', url }));
    await expect(client.api('/$batch').post({ requests: many })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('throttles the client, which then retries', async () => {
    server.faults.add({ kind: 'throttled', request: 'GET devices/delta', retryAfterInSeconds: 0 });
    expect((await all('/devices/delta')).found).toEqual([]);
    expect(server.counts).toMatchObject({ 'GET devices/delta 429': 1, 'GET devices/delta 200': 1 });
  });
});

it('keeps its directory but none of its tokens across a restart', async () => {
  const options = {
    identityHeader: HEADER,
    snapshotFile: join(temporaryFolder('graph'), 'graph.json'),
  };
  const statusOf = async (from: GraphServer, token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${from.address}/devices/delta`, { headers })).status;
  };
  const first = await startGraphServer(options);
  const token = await getToken(HEADER, first);
  expect(await statusOf(first, token)).toBe(200);
  const { id } = first.directory.enrol(phone(1));
  first.directory.setMembers(toGuid(9), { [id]: 'device' });
  await first.stop();
  const second = await startGraphServer(options);
  expect(second.directory.findDevice(toGuid(1))).toMatchObject({ id, isManaged: true });
  expect(second.directory.enrol(phone(1)).id).toBe(id);
  expect([...(second.directory.transitiveMembers(toGuid(9)) ?? [])]).toEqual([[id, 'device']]);
  expect(await statusOf(second, token)).toBe(401);
  await second.stop();
});

describe('the Graph server rejects', () => {
  it('a request without a token, with an expired one or with an unknown one', async () => {
    const token = await getToken();
    const status = async (authorization?: string): Promise<number> =>
      (
        await fetch(`${server.address}/devices/delta`, {
          headers: authorization === undefined ? {} : { authorization },
        })
      ).status;
    expect(await status(`Bearer ${token}`)).toBe(200);
    expect(await status()).toBe(401);
    expect(await status('Bearer unknown')).toBe(401);
    clock += 61_000;
    expect(await status(`Bearer ${token}`)).toBe(401);
  });

  it('a token request with the wrong identity header', async () => {
    expect(await getToken('guessed')).toBe('');
  });
});

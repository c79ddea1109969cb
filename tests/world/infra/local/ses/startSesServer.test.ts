import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSesServer, type SesServer } from '../../../../../infra/local/ses/startSesServer.ts';

const STREAM = '/v1/event-export/stream/s/c?connectionTimeout=1';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let server: SesServer;
let clock: number;

beforeEach(async () => {
  clock = 0;
  server = await startSesServer({
    credential: 'credential',
    streamId: 's',
    channelId: 'c',
    localKey: 'local',
    eventsAChunk: 2,
    maxWaitInSeconds: 0.01,
    tokenLifetimeInSeconds: 60,
    clock: () => clock,
  });
});
afterEach(() => server.stop());

interface Call {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send({ path = STREAM, method = 'POST', headers = {}, body }: Call): Promise<Response> {
  return fetch(`${server.address}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
}

function askToken(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const authorization = 'Bearer credential';
  return send({ path: '/v1/oauth2/tokens', headers: { authorization, ...FORM, ...headers } });
}

async function streamHeaders(): Promise<Record<string, string>> {
  const { access_token: token } = (await (await askToken()).json()) as { access_token: string };
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/x-ndjson',
    'accept-encoding': 'gzip',
  };
}

async function read(
  next?: string,
): Promise<{ readonly events: unknown[]; readonly next: string }[]> {
  const answer = await send({ headers: await streamHeaders(), body: JSON.stringify({ next }) });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'application/x-ndjson',
  ]);
  const lines = (await answer.text()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { events: unknown[]; next: string });
}

const at = (second: number, uuid: string): object => ({
  uuid,
  time: `2026-01-01T00:00:0${String(second)}.000Z`,
});

describe('the stand-in for the event export', () => {
  it('sends its events in chunks, and those of the last second again', async () => {
    server.append([at(1, 'a'), at(1, 'b'), at(2, 'c')]);
    const chunks = await read();
    expect(chunks.map(({ events }) => events.length)).toEqual([2, 1]);
    server.append([at(2, 'd')]);
    expect(await read(chunks.at(-1)?.next)).toMatchObject([{ events: [at(2, 'c'), at(2, 'd')] }]);
  });

  it('waits for an event, and answers without any after the time', async () => {
    expect(await read()).toMatchObject([{ events: [] }]);
  });

  it('issues tokens for the credential only, which end', async () => {
    expect((await askToken({ authorization: 'Bearer other' })).status).toBe(401);
    expect((await askToken({ 'content-type': 'application/json' })).status).toBe(415);
    const headers = await streamHeaders();
    expect((await send({ headers, body: '{}' })).status).toBe(200);
    clock += 61_000;
    expect((await send({ headers, body: '{}' })).status).toBe(401);
  });

  it.each<[number, Call & { readonly without?: string }]>([
    [405, { method: 'GET' }],
    [404, { path: '/v1/event-export/stream/s/other', body: '{}' }],
    [415, { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    [406, { headers: { accept: '*/*' }, body: '{}' }],
    [400, { body: 'no JSON' }],
    [400, { body: '[]' }],
    [400, { body: '{"from":"x"}' }],
    [400, { body: '{"next":1}' }],
    [400, { body: '{"next":"x"}' }],
    [400, { path: `${STREAM}0000`, body: '{}' }],
  ])('answers %i to a wrong request: %j', async (status, call) => {
    const headers = { ...(await streamHeaders()), ...call.headers };
    expect((await send({ ...call, headers })).status).toBe(status);
  });

  it('lets positions expire', async () => {
    server.append([at(1, 'a')]);
    const next = (await read())[0]?.next;
    server.expirePositions();
    const answer = await send({ headers: await streamHeaders(), body: JSON.stringify({ next }) });
    expect(answer.status).toBe(410);
  });

  it('is controlled by other processes with its key', async () => {
    const control = (path: string, body?: object, key = 'local'): Promise<Response> =>
      send({
        path: `/_local/${path}`,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-local-key': key },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await control('append', [at(1, 'a')])).status).toBe(200);
    expect((await control('append', [], 'wrong')).status).toBe(400);
    expect((await control('faults', { kind: 'unknown' })).status).toBe(400);
    await control('faults', { kind: 'moved' });
    expect((await send({ headers: await streamHeaders(), body: '{}' })).status).toBe(307);
    expect((await read())[0]?.events).toEqual([at(1, 'a')]);
    expect(await (await control('counts')).json()).toMatchObject({ '307 stream': 1 });
  });
});

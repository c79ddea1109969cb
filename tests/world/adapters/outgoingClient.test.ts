import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutgoingClient } from '../../../shared/adapters/outgoingClient.ts';
import { toBlockList } from '../../../shared/base/network/allowedAddress.ts';
import type { OutgoingAnswer } from '../../../shared/core/ports/outgoing.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { stopServer } from '../../support/stopServer.ts';

/** Servers on one port of every loopback address that the hostile URLs could reach. They count connections. */
const counted = { connections: 0 };
const servers: Server[] = [];
let port = 0;

async function listen(host: string, at: number): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === '/upgrade') {
      request.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      );
    } else if (request.url === '/redirect') {
      response.writeHead(302, { location: `http://127.0.0.2:${String(port)}/` }).end();
    } else if (request.url === '/endless') {
      const write = (): void => {
        while (response.write('x'.repeat(4096)));
        response.once('drain', write);
      };
      write();
    } else if (request.url !== '/silent') {
      response.writeHead(202, { 'Retry-After': '7' }).end('taken');
    }
  });
  server.on('connection', () => {
    counted.connections += 1;
  });
  const bound = await listeningPort(server, at, host);
  servers.push(server);
  return bound;
}

beforeAll(async () => {
  port = await listen('127.0.0.1', 0);
  await listen('127.0.0.2', port);
  await listen('127.1.2.3', port);
  await listen('::1', port).catch(() => undefined);
});
afterAll(async () => {
  for (const server of servers) await stopServer(server);
});

/** The name resolution of these tests, which never uses the network. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'mixed.example': ['93.184.215.14', '127.0.0.1'],
  'private.example': ['10.0.0.5'],
  'metadata.example': ['169.254.169.254'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'unique-local.example': ['fd00:ec2::254'],
  'link-local.example': ['fe80::1'],
  'empty.example': [],
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'sub.localhost': ['127.0.0.1'],
};

const toAddress = (address: string): LookupAddress => ({
  address,
  family: address.includes(':') ? 6 : 4,
});

function resolveHere(hostname: string): Promise<readonly LookupAddress[]> {
  return Promise.resolve((NAMES[hostname] ?? ['127.0.0.1']).map(toAddress));
}

const strict = createOutgoingClient({ allowedNetworks: toBlockList([]), resolve: resolveHere });
const local = createOutgoingClient({
  allowedNetworks: toBlockList(['127.0.0.1/32']),
  resolve: resolveHere,
});
afterAll(() => {
  strict.close();
  local.close();
});

function post(client: typeof strict, url: string, timeout = 5000): Promise<OutgoingAnswer> {
  return client.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(timeout),
  });
}

const HOSTS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0x7f.1',
  '127.0.0.2',
  '127.1.2.3',
  '0.0.0.0',
  '0',
  '127.0.0.1.',
  '127。0。0。1',
  '１２７.0.0.1',
  '①②⑦.0.0.1',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'sub.localhost',
  'loopback.example',
  'mixed.example',
  'private.example',
  'metadata.example',
  'mapped.example',
  'unique-local.example',
  'link-local.example',
  'empty.example',
  'rebound.example',
];

const URLS = [
  ...HOSTS.flatMap((host) => [`https://${host}:PORT/`, `http://${host}:PORT/`]),
  'https://93.184.215.14@127.0.0.1:PORT/',
  'https://user:secret@example.com:PORT/',
  'https://127.0.0.1:PORT#@example.com/',
  'https://127.0.0.1:PORT\\@example.com/',
  'http:127.0.0.1:PORT',
  'https:\\\\127.0.0.1:PORT',
  'https:///127.0.0.1:PORT',
  'https://[fe80::1%25lo]:PORT/',
  'https://[::1%lo]:PORT/',
  'https://127.0.0.1\t:PORT/',
  ' https://127.0.0.1:PORT/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/',
  'ftp://127.0.0.1:PORT/',
  'unix:/var/run/docker.sock',
  'data:text/plain,hello',
  'javascript:fetch(1)',
  '//127.0.0.1:PORT/',
  '127.0.0.1:PORT',
  '',
];

describe('the outgoing client', () => {
  it('opens no connection for any hostile URL', async () => {
    expect(URLS.length).toBeGreaterThan(60);
    const before = counted.connections;
    for (const url of URLS) {
      const answer = await post(strict, url.replace('PORT', String(port))).catch(
        (error: unknown) => error,
      );
      expect([url, answer]).toMatchObject([url, { code: 'addressRefused' }]);
    }
    expect(counted.connections).toBe(before);
  });

  it('sends to an allowed address and to no other', async () => {
    const before = counted.connections;
    const answer = await post(local, `http://127.0.0.1:${String(port)}/`);
    expect([answer.status, answer.body, answer.headers.get('retry-after')]).toEqual([
      202,
      'taken',
      '7',
    ]);
    expect(counted.connections).toBe(before + 1);
    await expect(post(local, `http://127.0.0.2:${String(port)}/`)).rejects.toMatchObject({
      code: 'addressRefused',
    });
    expect(counted.connections).toBe(before + 1);
  });

  it('reuses a connection', async () => {
    await post(local, `http://127.0.0.1:${String(port)}/`);
    const before = counted.connections;
    await post(local, `http://127.0.0.1:${String(port)}/`);
    expect(counted.connections).toBe(before);
  });

  it('resolves a name once per connection and connects to the address that it checked', async () => {
    let lookups = 0;
    const rebinding = createOutgoingClient({
      allowedNetworks: toBlockList(['127.0.0.1/32']),
      resolve: () => {
        lookups += 1;
        return Promise.resolve([toAddress(lookups === 1 ? '127.0.0.1' : '127.0.0.2')]);
      },
    });
    const url = `http://rebinding.example:${String(port)}/`;
    expect((await post(rebinding, url)).status).toBe(202);
    expect(lookups).toBe(1);
    rebinding.close();
    await expect(post(rebinding, url)).rejects.toMatchObject({ code: 'addressRefused' });
    rebinding.close();
  });

  it('follows no redirect', async () => {
    const answer = await post(local, `http://127.0.0.1:${String(port)}/redirect`);
    expect(answer.status).toBe(302);
  });

  it('reads at most 16 KiB of an endless answer', async () => {
    const { body } = await post(local, `http://127.0.0.1:${String(port)}/endless`);
    expect(body).toHaveLength(16 * 1024);
  });

  it('times out', async () => {
    await expect(post(local, `http://127.0.0.1:${String(port)}/silent`, 50)).rejects.toMatchObject({
      code: 'timedOut',
    });
  });

  it('fails at once if the receiver switches protocols', async () => {
    await expect(
      post(local, `http://127.0.0.1:${String(port)}/upgrade`, 60_000),
    ).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('reports a refused connection without the secrets of the URL', async () => {
    const gone = createTcpServer();
    const free = await listeningPort(gone);
    await new Promise((resolve) => gone.close(resolve));
    const failure = post(local, `http://127.0.0.1:${String(free)}/?token=secret`);
    await expect(failure).rejects.toMatchObject({
      code: 'unreachable',
      message: 'the address cannot be reached: ECONNREFUSED',
    });
  });

  it('requires TLS on the internet', async () => {
    const open = createOutgoingClient({
      allowedNetworks: toBlockList([]),
      resolve: () => Promise.resolve([toAddress('93.184.215.14')]),
    });
    await expect(post(open, 'http://public.example/')).rejects.toMatchObject({
      code: 'addressRefused',
    });
    open.close();
  });
});

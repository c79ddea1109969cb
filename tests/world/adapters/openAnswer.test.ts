import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { createOutgoingClient } from '../../../shared/adapters/outgoingClient.ts';
import { toBlockList } from '../../../shared/base/network/allowedAddress.ts';
import type { OpenAnswer } from '../../../shared/core/ports/outgoing.ts';
import { createAuthority } from '../../support/certificates.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { stopServer } from '../../support/stopServer.ts';

const client = createOutgoingClient({ allowedNetworks: toBlockList(['127.0.0.1/32']) });
afterAll(() => client.close());

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  onTestFinished(() => stopServer(server));
  return `http://127.0.0.1:${String(await listeningPort(server))}/`;
}

function open(url: string, signal = AbortSignal.timeout(60_000)): Promise<OpenAnswer> {
  return client.open({ method: 'GET', url, headers: { 'accept-encoding': 'gzip' }, signal });
}

async function textOf({ body }: OpenAnswer): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

it('gives a body as it arrives, unpacked if it is gzip', async () => {
  const url = await serve((_, response) => {
    const packer = createGzip({ flush: constants.Z_SYNC_FLUSH });
    response.writeHead(200, { 'content-encoding': 'gzip', 'x-kind': 'stream' });
    packer.pipe(response);
    packer.write('first');
    response.once('close', () => packer.destroy());
  });
  const { status, headers, body } = await open(url);
  expect([status, headers.get('X-Kind')]).toEqual([200, 'stream']);
  // The server sends no more, and does not end the body.
  for await (const piece of body) {
    expect(Buffer.from(piece).toString()).toBe('first');
    break;
  }
});

it('gives a body that is not packed, of any length', async () => {
  const url = await serve((_, response) => response.end('x'.repeat(1_000_000)));
  expect(await textOf(await open(url))).toHaveLength(1_000_000);
});

it.each([
  ['plain', 'cut here', {}],
  ['packed', gzipSync('x'.repeat(10_000)).subarray(0, 20), { 'content-encoding': 'gzip' }],
])('reports a body that breaks off: %s', async (_, text, headers) => {
  const url = await serve((request, response) => {
    response.writeHead(200, { ...headers, 'content-length': '10000' });
    response.write(text, () => request.socket.resetAndDestroy());
  });
  const reading = open(url).then(textOf);
  await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
});

it('reports a packed body that ends too early', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync('x'.repeat(10_000)).subarray(0, 20));
  });
  await expect(open(url).then(textOf)).rejects.toMatchObject({ code: 'interrupted' });
});

it('tells a connection that breaks before the answer from one that is refused', async () => {
  const url = await serve((request) => request.socket.resetAndDestroy());
  await expect(open(url)).rejects.toMatchObject({ code: 'interrupted' });
});

it('gives up when its signal says so, also in the middle of a body', async () => {
  const controller = new AbortController();
  const url = await serve((_, response) => {
    response.write('first');
  });
  const { body } = await open(url, controller.signal);
  const reading = (async (): Promise<void> => {
    for await (const _ of body) controller.abort();
  })();
  await expect(reading).rejects.toMatchObject({ code: 'timedOut' });
});

it('closes the connection of a body that nobody reads to its end', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve((_, response) => {
    response.once('close', closed.resolve);
    response.write('first');
  });
  const { body } = await open(url);
  for await (const _ of body) break;
  await expect(closed.promise).resolves.toBeUndefined();
});

it('reports a certificate that does not prove the host', async () => {
  const authority = await createAuthority('unknown authority');
  const { certificate, key } = await authority.issueServer();
  const server = createTlsServer({ cert: certificate, key }, (_, response) => response.end());
  onTestFinished(() => stopServer(server));
  const url = `https://127.0.0.1:${String(await listeningPort(server))}/`;
  await expect(open(url)).rejects.toMatchObject({ code: 'certificateInvalid' });
});

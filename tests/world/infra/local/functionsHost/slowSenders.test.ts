import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpLimits } from '../../../../../infra/local/functionsHost/serveHttp.ts';
import { startHostListener, type HostListener } from '../../../../support/hostListener.ts';
import { statusesOf } from '../../../../support/sendRaw.ts';
import { stopServer } from '../../../../support/stopServer.ts';
import { defined } from '../../../../../shared/base/defined.ts';

/** Long enough for a request on a busy machine. */
const SHORT: HttpLimits = {
  headersTimeout: 1000,
  requestTimeout: 1500,
  connectionsCheckingInterval: 100,
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await stopServer(server);
});

async function listen(limits?: HttpLimits): Promise<HostListener> {
  const listener = await startHostListener(defined({ limits }));
  servers.push(listener.server);
  return listener;
}

describe('a slow sender', () => {
  it.each([
    ['headers', 'POST /api/echo HTTP/1.1\r\nhost: x\r\nx-slow: '],
    ['a body', 'POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n'],
    ['chunks', 'POST /api/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n'],
  ])('of %s delays no other request and is cut off', async (_, beginning) => {
    const { port, passed } = await listen(SHORT);
    let received = '';
    const slow = connect(port, '127.0.0.1', () => slow.write(beginning));
    slow.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    slow.on('error', () => undefined);
    do {
      const { status } = await fetch(`http://127.0.0.1:${String(port)}/api/echo`);
      expect(status).toBe(200);
      if (!slow.destroyed) slow.write('a');
    } while (!slow.closed);
    expect(statusesOf(received)).toEqual([408]);
    expect(new Set(passed.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('has 30 s for its headers and 230 s in all by default', async () => {
    const { server } = await listen();
    expect([server.headersTimeout, server.requestTimeout]).toEqual([30_000, 230_000]);
  });
});

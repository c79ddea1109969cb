import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RegisteredFunction } from '../../../../../infra/local/functionsHost/coreApi.ts';
import { createRouteTable } from '../../../../../infra/local/functionsHost/routeTable.ts';
import {
  createHttpListener,
  type HttpLimits,
} from '../../../../../infra/local/functionsHost/serveHttp.ts';
import { listeningPort } from '../../../../support/listeningPort.ts';
import { statusesOf } from '../../../../support/sendRaw.ts';
import { stopServer } from '../../../../support/stopServer.ts';
import { defined } from '../../../../../shared/base/defined.ts';

const ECHO: RegisteredFunction = {
  metadata: {
    name: 'echo',
    bindings: { trigger: { type: 'httpTrigger', route: 'echo', methods: ['GET', 'POST'] } },
  },
  callback: () => undefined,
};
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

/** Starts the host's own listener with one function. `methods` records the calls of the function. */
async function listen(limits?: HttpLimits): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly methods: readonly string[];
}> {
  const methods: string[] = [];
  const server = createHttpListener({
    routes: createRouteTable([ECHO], 'api'),
    functions: new Map(),
    functionKey: undefined,
    runAdmin: () => false,
    invoke: (_, { data }) => {
      methods.push((data as { http: { method: string } }).http.method);
      return Promise.resolve({ http: { statusCode: '200' } });
    },
    ...defined({ limits }),
  });
  servers.push(server);
  return { server, port: await listeningPort(server), methods };
}

describe('a slow sender', () => {
  it.each([
    ['headers', 'POST /api/echo HTTP/1.1\r\nhost: x\r\nx-slow: '],
    ['a body', 'POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n'],
    ['chunks', 'POST /api/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n'],
  ])('of %s delays no other request and is cut off', async (_, beginning) => {
    const { port, methods } = await listen(SHORT);
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
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('has 30 s for its headers and 230 s in all by default', async () => {
    const { server } = await listen();
    expect([server.headersTimeout, server.requestTimeout]).toEqual([30_000, 230_000]);
  });
});

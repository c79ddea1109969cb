import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RegisteredFunction } from '../../../../../infra/local/functionsHost/coreApi.ts';
import { createRouteTable } from '../../../../../infra/local/functionsHost/routeTable.ts';
import {
  createHttpListener,
  type HttpLimits,
} from '../../../../../infra/local/functionsHost/serveHttp.ts';
import { statusesOf } from '../../../../support/sendRaw.ts';

const ECHO: RegisteredFunction = {
  metadata: {
    name: 'echo',
    bindings: { trigger: { type: 'httpTrigger', route: 'echo', methods: ['GET', 'POST'] } },
  },
  callback: () => undefined,
};
/** Long enough for a request to get through on a machine that is busy. */
const SHORT: HttpLimits = {
  headersTimeout: 1000,
  requestTimeout: 1500,
  connectionsCheckingInterval: 100,
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** The host's own listener, with one function; `methods` are those that it was called with. */
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
    ...(limits === undefined ? {} : { limits }),
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, methods };
}

describe('a sender that dribbles', () => {
  it.each([
    ['its headers', 'POST /api/echo HTTP/1.1\r\nhost: x\r\nx-slow: '],
    ['its body', 'POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n'],
    [
      'its chunks',
      'POST /api/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n',
    ],
  ])('%s keeps nobody waiting, and is ended before it is done', async (_, beginning) => {
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

  it('is ended by the limits that the host has of itself', async () => {
    const { server } = await listen();
    expect([server.headersTimeout, server.requestTimeout]).toEqual([30_000, 230_000]);
  });
});

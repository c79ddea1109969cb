import type { Server } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import type { RegisteredFunction } from '../../../../../infra/local/functionsHost/coreApi.ts';
import { createRouteTable } from '../../../../../infra/local/functionsHost/routeTable.ts';
import { createHttpListener } from '../../../../../infra/local/functionsHost/serveHttp.ts';
import { listeningPort } from '../../../../support/listeningPort.ts';
import { stopServer } from '../../../../support/stopServer.ts';

const servers: Server[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await stopServer(server);
});

const functionAt = (route: string): RegisteredFunction => ({
  metadata: { name: 'any', bindings: { trigger: { type: 'httpTrigger', route } } },
  callback: () => undefined,
});

/** The statuses of the paths at a host whose only function answers 418. */
async function statusesOf(route: string, ...paths: readonly string[]): Promise<readonly number[]> {
  const server = createHttpListener({
    routes: createRouteTable([functionAt(route)], ''),
    functions: new Map(),
    functionKey: undefined,
    runAdmin: () => false,
    invoke: () => Promise.resolve({ http: { statusCode: '418' } }),
  });
  servers.push(server);
  const origin = `http://127.0.0.1:${String(await listeningPort(server))}`;
  return Promise.all(paths.map(async (path) => (await fetch(`${origin}${path}`)).status));
}

it.each([
  [undefined, 200],
  ['false', 200],
  ['true', 204],
  ['True', 204],
])(
  'the home page with AzureWebJobsDisableHomepage %j answers %i, as the real host',
  async (setting, status) => {
    vi.stubEnv('AzureWebJobsDisableHomepage', setting);
    expect(await statusesOf('echo', '/', '/?x=1', '/echo', '/other')).toEqual([
      status,
      status,
      418,
      404,
    ]);
  },
);

it('a function at the empty path serves `/` and nothing else', async () => {
  const route = '{nothing:maxlength(0)?}';
  expect(await statusesOf(route, '/', '/?x=1', '/other', '/a/b')).toEqual([418, 418, 404, 404]);
});

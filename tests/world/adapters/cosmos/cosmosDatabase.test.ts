import { createServer, type Server } from 'node:http';
import { CosmosClient } from '@azure/cosmos';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { afterEach, expect, it } from 'vitest';
import { callCosmos } from '../../../../shared/adapters/cosmos/callCosmos.ts';
import { openCosmosDatabase } from '../../../../shared/adapters/cosmos/cosmosDatabase.ts';
import {
  createCosmosHttpClient,
  NoAnswerError,
} from '../../../../shared/adapters/cosmos/cosmosHttpClient.ts';
import { listenOnLoopback } from '../../../../infra/local/listenOnLoopback.ts';
import { stopServer } from '../../../support/stopServer.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const TIMEOUT_IN_MILLISECONDS = 50;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await stopServer(server);
});

/** Starts a database that answers its discovery and nothing else. */
async function startSilentDatabase(): Promise<{
  endpoint: string;
  methods: () => readonly unknown[];
}> {
  const methods: unknown[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/') {
      methods.push(request.method);
      return;
    }
    const region = [{ name: 'one', databaseAccountEndpoint: endpoint }];
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'account',
        writableLocations: region,
        readableLocations: region,
        enableMultipleWriteLocations: false,
        userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
      }),
    );
  });
  servers.push(server);
  const endpoint = `${await listenOnLoopback(server)}/`;
  return { endpoint, methods: () => methods };
}

const open = (endpoint: string, httpClient: HttpClient): CosmosClient =>
  new CosmosClient({
    endpoint,
    key: KEY,
    httpClient,
    connectionPolicy: {
      requestTimeout: TIMEOUT_IN_MILLISECONDS,
      enableEndpointDiscovery: true,
    },
  });

it('retries a read once, and a write never, if the database does not answer', async () => {
  const { endpoint, methods } = await startSilentDatabase();
  const client = open(endpoint, createCosmosHttpClient());
  const item = client.database('d').container('c').item('a', 'a');
  await expect(item.read()).rejects.toThrow(NoAnswerError);
  expect(methods()).toEqual(['GET', 'GET']);
  await expect(item.delete()).rejects.toThrow('Timeout');
  expect(methods()).toEqual(['GET', 'GET', 'DELETE']);
  client.dispose();
});

it.each([
  ['an unknown host', 'ENOTFOUND'],
  ['a failed send', 'REQUEST_SEND_ERROR'],
])('treats %s as a missing answer', async (_, code) => {
  const { endpoint } = await startSilentDatabase();
  const inner = createDefaultHttpClient();
  let requests = 0;
  const client = open(
    endpoint,
    createCosmosHttpClient({
      sendRequest: (request) => {
        if (new URL(request.url).pathname === '/') return inner.sendRequest(request);
        requests += 1;
        return Promise.reject(Object.assign(new Error('nowhere'), { code }));
      },
    }),
  );
  await expect(client.database('d').container('c').item('a', 'a').read()).rejects.toThrow(
    NoAnswerError,
  );
  expect(requests).toBe(2);
  client.dispose();
});

it('reports a missing answer with its cause', async () => {
  const { endpoint } = await startSilentDatabase();
  const opened = openCosmosDatabase(
    {
      kind: 'connectionString',
      connectionString: `AccountEndpoint=${endpoint};AccountKey=${KEY};`,
    },
    TIMEOUT_IN_MILLISECONDS,
  );
  await expect(
    callCosmos(() => opened.database.container('c').item('a', 'a').read()),
  ).rejects.toMatchObject({
    code: 'serviceNotAvailable',
    message: 'Cosmos DB does not answer',
    cause: expect.any(NoAnswerError) as unknown,
  });
  opened.close();
});

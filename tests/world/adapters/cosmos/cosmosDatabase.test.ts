import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CosmosClient } from '@azure/cosmos';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { afterEach, expect, it } from 'vitest';
import { callCosmos } from '../../../../shared/adapters/cosmos/callCosmos.ts';
import { openCosmosDatabase } from '../../../../shared/adapters/cosmos/cosmosDatabase.ts';
import {
  createCosmosHttpClient,
  NoAnswerError,
} from '../../../../shared/adapters/cosmos/cosmosHttpClient.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const IMPATIENCE_IN_MILLISECONDS = 50;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
});

/** A database that says where it is, and answers nothing else. */
async function startSilentDatabase(): Promise<{
  endpoint: string;
  asked: () => readonly unknown[];
}> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/') {
      asked.push(request.method);
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return { endpoint, asked: () => asked };
}

const open = (endpoint: string, httpClient: HttpClient): CosmosClient =>
  new CosmosClient({
    endpoint,
    key: KEY,
    httpClient,
    connectionPolicy: {
      requestTimeout: IMPATIENCE_IN_MILLISECONDS,
      enableEndpointDiscovery: true,
    },
  });

it('asks a database that does not answer once more for what is read, and not again for what is written', async () => {
  const { endpoint, asked } = await startSilentDatabase();
  const client = open(endpoint, createCosmosHttpClient());
  const item = client.database('d').container('c').item('a', 'a');
  await expect(item.read()).rejects.toThrow(NoAnswerError);
  expect(asked()).toEqual(['GET', 'GET']);
  await expect(item.delete()).rejects.toThrow('Timeout');
  expect(asked()).toEqual(['GET', 'GET', 'DELETE']);
  client.dispose();
});

it.each([
  ['a name that is not found', 'ENOTFOUND'],
  ['what could not be sent', 'REQUEST_SEND_ERROR'],
])('takes %s for a database that does not answer', async (_, code) => {
  const { endpoint } = await startSilentDatabase();
  const inner = createDefaultHttpClient();
  let asked = 0;
  const client = open(
    endpoint,
    createCosmosHttpClient({
      sendRequest: (request) => {
        if (new URL(request.url).pathname === '/') return inner.sendRequest(request);
        asked += 1;
        return Promise.reject(Object.assign(new Error('nowhere'), { code }));
      },
    }),
  );
  await expect(client.database('d').container('c').item('a', 'a').read()).rejects.toThrow(
    NoAnswerError,
  );
  expect(asked).toBe(2);
  client.dispose();
});

it('says that there was no answer, and of what it waited for', async () => {
  const { endpoint } = await startSilentDatabase();
  const opened = openCosmosDatabase(
    {
      kind: 'connectionString',
      connectionString: `AccountEndpoint=${endpoint};AccountKey=${KEY};`,
    },
    IMPATIENCE_IN_MILLISECONDS,
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

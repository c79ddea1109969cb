import { CosmosClient, type Container, type SqlParameter } from '@azure/cosmos';
import { onTestFinished } from 'vitest';
import {
  startCosmosServer,
  type CosmosServer,
} from '../../infra/local/cosmos/startCosmosServer.ts';
import { CONTAINERS, DATABASE_NAME } from '../../shared/resources.ts';

export const KEY = Buffer.from('a key for tests only').toString('base64');

/** The moment at which the clock of a test starts: 2026-01-01T00:00:00Z. */
export const START_IN_MILLISECONDS = 1_767_225_600_000;

export interface TestServer {
  readonly server: CosmosServer;
  readonly client: CosmosClient;
  readonly container: (id: string) => Container;
  readonly advance: (seconds: number) => void;
}

/** A client that gives up at once where the server fails. */
export function connect(endpoint: string, key = KEY): CosmosClient {
  const client = new CosmosClient({
    endpoint,
    key,
    connectionPolicy: {
      enableEndpointDiscovery: false,
      requestTimeout: 5000,
      retryOptions: {
        maxRetryAttemptCount: 0,
        fixedRetryIntervalInMilliseconds: 0,
        maxWaitTimeInSeconds: 0,
      },
    },
  });
  onTestFinished(() => client.dispose());
  return client;
}

/** A server of its own for one test, with the project's containers. */
export async function startTestServer(file = ':memory:'): Promise<TestServer> {
  let now = START_IN_MILLISECONDS;
  const server = await startCosmosServer({ file, key: KEY, clock: () => now });
  onTestFinished(() => server.stop());
  const client = connect(server.address);
  const { database } = await client.databases.createIfNotExists({ id: DATABASE_NAME });
  for (const { id, ...shape } of CONTAINERS) {
    await database.containers.createIfNotExists({ id, ...structuredClone(shape) } as object);
  }
  return {
    server,
    client,
    container: (id) => database.container(id),
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}

/** The status and the message with which a request was refused. */
export async function refusalOf(
  request: Promise<unknown>,
): Promise<{ readonly code: unknown; readonly message: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the request was answered, not refused');
}

/** The results of a query over all partitions, or over one. */
export async function resultsOf(
  container: Container,
  query: string,
  parameters: Readonly<Record<string, unknown>> = {},
  partitionKey?: string,
): Promise<unknown[]> {
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value }) as SqlParameter);
  const options = partitionKey === undefined ? {} : { partitionKey };
  const { resources } = await container.items
    .query({ query, parameters: list }, options)
    .fetchAll();
  return resources as unknown[];
}

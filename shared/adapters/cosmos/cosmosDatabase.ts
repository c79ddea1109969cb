import { CosmosClient, type Database } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import type { Connection } from '../../settings/readSetting.ts';
import { DATABASE_NAME } from '../../resources.ts';
import { createCosmosHttpClient, NoAnswerError } from './cosmosHttpClient.ts';
import { createCredential } from '../credential.ts';

const REQUEST_TIMEOUT_IN_MILLISECONDS = 5000;
/** A caller waits for the answer: what does not come soon is better refused, which blocks. */
const THROTTLING_RETRIES = {
  maxRetryAttemptCount: 5,
  fixedRetryIntervalInMilliseconds: 0,
  maxWaitTimeInSeconds: 5,
};

/** The database and what ends its client. */
export interface OpenDatabase {
  readonly database: Database;
  close(): void;
}

/** Opens the database. Nothing is sent before the first request. @throws ConnectorError `settingInvalid`. */
export function openCosmosDatabase(
  connection: Connection,
  requestTimeout = REQUEST_TIMEOUT_IN_MILLISECONDS,
): OpenDatabase {
  const client = new CosmosClient({
    ...toClientOptions(connection),
    httpClient: createCosmosHttpClient(),
    connectionPolicy: {
      requestTimeout,
      retryOptions: THROTTLING_RETRIES,
      // A server on one machine has one endpoint and no certificate to discover others by.
      enableEndpointDiscovery: connection.kind === 'identity',
    },
  });
  return { database: client.database(DATABASE_NAME), close: () => client.dispose() };
}

function toClientOptions(connection: Connection): ConstructorParameters<typeof CosmosClient>[0] {
  if (connection.kind === 'identity') {
    const { endpoint, clientId } = connection;
    return { endpoint, aadCredentials: createCredential(clientId) };
  }
  const endpoint = /AccountEndpoint=([^;]+)/i.exec(connection.connectionString)?.[1];
  const key = /AccountKey=([^;]+)/i.exec(connection.connectionString)?.[1];
  if (endpoint === undefined || key === undefined) {
    const expected = '`AccountEndpoint=…;AccountKey=…;`';
    throw new ConnectorError(
      'settingInvalid',
      `setting \`CosmosDbConnection\` must be ${expected}`,
    );
  }
  return { endpoint, key };
}

/** The status of an answer of Cosmos DB that is an error; `undefined` where there was no answer. */
export function cosmosStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  if (error instanceof NoAnswerError) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** What the request itself is to blame for; the same one would be refused again. */
const OWN_FAULTS = new Set<unknown>([400, 413]);

/** `error` as the core knows it: everything but our own bad request may be better later. */
export function toStoreFault(error: unknown): unknown {
  const status = cosmosStatus(error);
  if (error instanceof ConnectorError || OWN_FAULTS.has(status)) return error;
  if (status === 429) {
    return new ConnectorError('activityLimitReached', 'Cosmos DB is throttling', { cause: error });
  }
  const what = status === undefined ? 'does not answer' : `answers ${String(status)}`;
  return new ConnectorError('serviceNotAvailable', `Cosmos DB ${what}`, { cause: error });
}

/** Runs `call`; an answer with one of `expected` becomes a value, every other fault one that the core knows. */
export async function callCosmos<T>(
  call: () => Promise<T>,
  expected: readonly number[] = [],
): Promise<T | number> {
  try {
    return await call();
  } catch (error) {
    const status = cosmosStatus(error);
    if (status !== undefined && expected.includes(status)) return status;
    throw toStoreFault(error);
  }
}

import { CosmosClient, type Database } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import type { Connection } from '../../settings/readSetting.ts';
import { DATABASE_NAME } from '../../resources.ts';
import { createCosmosHttpClient } from './cosmosHttpClient.ts';
import { createCredential } from '../credential.ts';

const REQUEST_TIMEOUT_IN_MILLISECONDS = 5000;
/** Short, because a caller waits for the answer. Without an answer the decision fails, and the device is blocked. */
const THROTTLING_RETRIES = {
  maxRetryAttemptCount: 5,
  fixedRetryIntervalInMilliseconds: 0,
  maxWaitTimeInSeconds: 5,
};

/** The database, with its client to close. */
export interface OpenDatabase {
  readonly database: Database;
  close(): void;
}

/** Opens the database. It connects at the first request. @throws ConnectorError `settingInvalid`. */
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
      // A local server has one endpoint, and no certificate to discover others by.
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

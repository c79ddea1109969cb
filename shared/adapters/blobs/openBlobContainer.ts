import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Connection } from '../../settings/readSetting.ts';
import { createCredential } from '../credential.ts';

const RETRIES = { maxTries: 3, tryTimeoutInMs: 5000, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };

/** Opens a blob container. It connects at the first request. */
export function openBlobContainer(connection: Connection, name: string): ContainerClient {
  const options = { retryOptions: RETRIES };
  const service =
    connection.kind === 'connectionString'
      ? BlobServiceClient.fromConnectionString(connection.connectionString, options)
      : new BlobServiceClient(connection.endpoint, createCredential(connection.clientId), options);
  return service.getContainerClient(name);
}

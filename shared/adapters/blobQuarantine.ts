import { BlobServiceClient } from '@azure/storage-blob';
import { ConnectorError } from '../connectorError.ts';
import type { Connection } from '../config.ts';
import type { Quarantine } from '../ports.ts';
import { QUARANTINE_CONTAINER_NAME } from '../resources.ts';
import { createCredential } from './credential.ts';

const RETRIES = { maxTries: 3, tryTimeoutInMs: 5000, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };

/** Keeps rejected requests as blobs. */
export function openBlobQuarantine(connection: Connection): Quarantine {
  const options = { retryOptions: RETRIES };
  const service =
    connection.kind === 'connectionString'
      ? BlobServiceClient.fromConnectionString(connection.connectionString, options)
      : new BlobServiceClient(connection.endpoint, createCredential(connection.clientId), options);
  const container = service.getContainerClient(QUARANTINE_CONTAINER_NAME);
  return {
    async keep(name, content) {
      try {
        await container.getBlockBlobClient(name).uploadData(content, {
          blobHTTPHeaders: { blobContentType: 'application/json' },
        });
      } catch (cause) {
        throw new ConnectorError('serviceNotAvailable', 'the quarantine does not answer', {
          cause,
        });
      }
    },
  };
}

import { ConnectorError } from '../connectorError.ts';
import type { Connection } from '../settings/readSetting.ts';
import type { Quarantine } from '../ports.ts';
import { QUARANTINE_CONTAINER_NAME } from '../resources.ts';
import { openBlobContainer } from './blobService.ts';

/** Keeps rejected requests as blobs. */
export function openBlobQuarantine(connection: Connection): Quarantine {
  const container = openBlobContainer(connection, QUARANTINE_CONTAINER_NAME);
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

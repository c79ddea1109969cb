import type { Database } from '@azure/cosmos';
import { foldGuid } from '../../base/guid.ts';
import type { DirectoryObjects } from '../../core/ports/devices.ts';
import { DEVICES_CONTAINER } from '../../resources.ts';
import { callCosmos } from './callCosmos.ts';
import { readItem } from './cosmosItems.ts';

const ID = 'directoryObject';

/** A document that maps an object of the directory to its device. */
interface DirectoryObjectDocument {
  readonly id: typeof ID;
  /** The partition: `directoryObject:…`. */
  readonly deviceId: string;
  readonly aliasOf: string;
}

/** The directory objects in the `devices` container: a small document for each, written without an ETag and read by its id. */
export function createCosmosDirectoryObjects(database: Database): DirectoryObjects {
  const container = database.container(DEVICES_CONTAINER.id);
  return {
    async store(objectId, deviceId) {
      const document = { id: ID, deviceId: partitionOf(objectId), aliasOf: deviceId } as const;
      await callCosmos(() => container.items.upsert<DirectoryObjectDocument>(document));
    },

    async find(objectId) {
      const partition = partitionOf(objectId);
      const found = await readItem<DirectoryObjectDocument>(container, ID, partition);
      return found?.resource.aliasOf;
    },
  };
}

function partitionOf(objectId: string): string {
  return `${ID}:${foldGuid(objectId)}`;
}

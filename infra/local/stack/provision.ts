import { CosmosClient, type ContainerDefinition } from '@azure/cosmos';
import { BlobServiceClient } from '@azure/storage-blob';
import {
  BLOB_CONTAINER_NAMES,
  CONFIGURATION_CONTAINER,
  CONTAINERS,
  DATABASE_NAME,
} from '../../../shared/resources.ts';
import { SAMPLE_ORGANISATION } from './sampleOrganisation.ts';

/**
 * Creates the database and the containers of a deployment, and the documents of the sample organisation. Existing
 * documents stay unchanged.
 */
export async function provisionCosmos(endpoint: string, key: string): Promise<void> {
  const client = new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  try {
    await createDatabase(client);
  } finally {
    client.dispose();
  }
}

async function createDatabase(client: CosmosClient): Promise<void> {
  const { database } = await client.databases.createIfNotExists({ id: DATABASE_NAME });
  for (const shape of CONTAINERS) {
    await database.containers.createIfNotExists(shape as unknown as ContainerDefinition);
  }
  const { items } = database.container(CONFIGURATION_CONTAINER.id);
  for (const document of SAMPLE_ORGANISATION) {
    await items.create(document).catch((error: unknown) => {
      const exists =
        typeof error === 'object' && error !== null && 'code' in error && error.code === 409;
      if (!exists) throw error;
    });
  }
}

/** Creates the blob containers of a deployment. */
export async function provisionStorage(connectionString: string): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  for (const name of BLOB_CONTAINER_NAMES)
    await service.getContainerClient(name).createIfNotExists();
}

import { CosmosClient } from '@azure/cosmos';
import type { StackDescription } from '../../infra/local/stack/startStack.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';

/** Overwrites the stored record of a device with an invalid one. */
export async function corruptDevice(
  { endpoint, key }: StackDescription['cosmos'],
  deviceId: string,
): Promise<void> {
  const connectionPolicy = { enableEndpointDiscovery: false };
  const cosmos = new CosmosClient({ endpoint, key, connectionPolicy });
  const container = cosmos.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
  await container
    .item(deviceId, deviceId)
    .patch([{ op: 'set', path: '/record', value: { device: 'corrupt' } }]);
  cosmos.dispose();
}

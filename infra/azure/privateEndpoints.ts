import type { CosmosDb } from './cosmosDb.ts';
import type { ArmResource } from './engine/armResource.ts';
import type { Vault } from './keyVault.ts';
import type { PrivateNetwork } from './network.ts';
import type { ServiceBus } from './serviceBus.ts';
import type { BlobStorage } from './storage.ts';

interface PrivateResources {
  readonly storage: BlobStorage;
  readonly serviceBus: ServiceBus;
  readonly cosmosDb: CosmosDb;
  readonly vault: Vault;
}

/** Makes the services reachable from the network. Returns, by service, what must exist before they are. */
export function addPrivateEndpoints(
  network: PrivateNetwork,
  { storage, serviceBus, cosmosDb, vault }: PrivateResources,
): readonly ArmResource[] {
  return [
    ...network.addEndpoint({
      id: 'blob',
      resource: storage.account,
      groupId: 'blob',
      zone: 'privatelink.blob.core.windows.net',
    }),
    ...network.addEndpoint({
      id: 'bus',
      resource: serviceBus.namespace,
      groupId: 'namespace',
      zone: 'privatelink.servicebus.windows.net',
    }),
    ...network.addEndpoint({
      id: 'db',
      resource: cosmosDb.account,
      groupId: 'Sql',
      zone: 'privatelink.documents.azure.com',
      name: cosmosDb.endpointName,
      after: [cosmosDb.last],
    }),
    ...network.addEndpoint({
      id: 'vault',
      resource: vault.vault,
      groupId: 'vault',
      zone: 'privatelink.vaultcore.azure.net',
    }),
  ];
}

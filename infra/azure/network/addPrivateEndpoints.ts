import type { ArmResource } from '../engine/armResource.ts';
import type { PrivateEndpoints } from './privateEndpoints.ts';
import type { Services } from '../services.ts';

const BLOB = { groupId: 'blob', zone: 'privatelink.blob.core.windows.net' } as const;

/** Makes the services reachable from the network. Returns what must exist before they are. */
export function addPrivateEndpoints(
  endpoints: PrivateEndpoints,
  { storage, decisionStorage, serviceBus, cosmosDb, vault }: Services,
): readonly ArmResource[] {
  return [
    { id: 'blob', resource: storage.account, ...BLOB },
    { id: 'decisions', resource: decisionStorage.account, ...BLOB },
    {
      id: 'bus',
      resource: serviceBus.namespace,
      groupId: 'namespace',
      zone: 'privatelink.servicebus.windows.net',
    },
    {
      id: 'db',
      resource: cosmosDb.account,
      groupId: 'Sql',
      zone: 'privatelink.documents.azure.com',
      name: cosmosDb.endpointName,
      after: [cosmosDb.last],
    },
    {
      id: 'vault',
      resource: vault.vault,
      groupId: 'vault',
      zone: 'privatelink.vaultcore.azure.net',
    },
  ].flatMap((each) => endpoints.add(each));
}

import type { ArmResource } from './engine/armResource.ts';
import type { Vault } from './keyVault.ts';
import type { Monitoring } from './monitoring.ts';
import { grant } from './roles.ts';
import type { ServiceBus } from './serviceBus.ts';
import type { StageConfiguration } from './stageConfiguration.ts';
import type { BlobStorage } from './storage.ts';

interface Granted {
  readonly identity: ArmResource;
  readonly packageIdentity: ArmResource;
  readonly monitoring: Monitoring;
  readonly storage: BlobStorage;
  readonly serviceBus: ServiceBus;
  readonly vault: Vault;
}

/** Each role on the smallest resource that works: a container, a queue. */
export function assignRoles(
  { identity, packageIdentity, monitoring, storage, serviceBus, vault }: Granted,
  { scalesByQueueLength }: StageConfiguration,
): readonly ArmResource[] {
  const queueRoles = [
    ...(scalesByQueueLength ? (['serviceBusDataOwner'] as const) : []),
    'serviceBusDataReceiver',
    'serviceBusDataSender',
  ] as const;
  return [
    ...storage.hostContainers.map((each) => grant(each, identity, 'storageBlobDataOwner')),
    ...storage.dataContainers.map((each) => grant(each, identity, 'storageBlobDataContributor')),
    // The role that Flex Consumption needs to store and read the package
    // (learn.microsoft.com/azure/azure-functions/flex-consumption-how-to, deployment settings).
    grant(storage.packages, packageIdentity, 'storageBlobDataContributor'),
    ...serviceBus.queues.flatMap((queue) => queueRoles.map((role) => grant(queue, identity, role))),
    grant(vault.vault, identity, 'keyVaultSecretsUser'),
    grant(monitoring.applicationInsights, identity, 'monitoringMetricsPublisher'),
  ];
}

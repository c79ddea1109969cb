import type { ArmResource } from './engine/armResource.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import { grant } from './roles.ts';
import type { Services } from './services.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

interface Granted extends Services {
  readonly identity: ArmResource;
  readonly packageIdentity: ArmResource;
  readonly monitoring: Monitoring;
}

/** Each role on the smallest resource that works: a container, a queue. */
export function assignRoles(
  { identity, packageIdentity, monitoring, storage, decisionStorage, serviceBus, vault }: Granted,
  { scalesByQueueLength }: StageConfiguration,
): readonly ArmResource[] {
  const queueRoles = [
    ...(scalesByQueueLength ? (['serviceBusDataOwner'] as const) : []),
    'serviceBusDataReceiver',
    'serviceBusDataSender',
  ] as const;
  return [
    ...storage.hostContainers.map((each) => grant(each, identity, 'storageBlobDataOwner')),
    grant(storage.quarantine, identity, 'storageBlobDataContributor'),
    grant(decisionStorage.decisions, identity, 'storageBlobDataContributor'),
    // The role that Flex Consumption needs to store and read the package
    // (learn.microsoft.com/azure/azure-functions/flex-consumption-how-to, deployment settings).
    grant(storage.packages, packageIdentity, 'storageBlobDataContributor'),
    ...serviceBus.queues.flatMap((queue) => queueRoles.map((role) => grant(queue, identity, role))),
    grant(vault.vault, identity, 'keyVaultSecretsUser'),
    grant(monitoring.applicationInsights, identity, 'monitoringMetricsPublisher'),
  ];
}

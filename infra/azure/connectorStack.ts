import { Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { toAppSettings } from './appSettings.ts';
import { AzureResource, HERE } from './azureResource.ts';
import { CosmosDb } from './cosmosDb.ts';
import { ArmOutput } from './engine/armParameter.ts';
import { ArmStack } from './engine/armStack.ts';
import { call, resourceGroup } from './engine/expression.ts';
import type { ArmResource } from './engine/armResource.ts';
import { FunctionApp } from './functionApp.ts';
import { Vault } from './keyVault.ts';
import { LandingZone } from './landingZone.ts';
import { Monitoring } from './monitoring.ts';
import { PrivateNetwork } from './network.ts';
import { OperatorsWorkbook } from './operatorsWorkbook.ts';
import { grant } from './roles.ts';
import { ServiceBus } from './serviceBus.ts';
import { addParameters } from './stackParameters.ts';
import type { StageConfiguration } from './stageConfiguration.ts';
import { BlobStorage } from './storage.ts';

/** The whole system in one resource group. */
export class ConnectorStack extends ArmStack {
  constructor(scope: Construct, stage: StageConfiguration) {
    super(scope, `mobile-threat-defense-${stage.stage}`);
    // Globally unique, and always the same in one resource group.
    const suffix = call('uniqueString', resourceGroup('id'));
    const base = `mtd-${stage.stage}-${suffix}`;
    const parameters = addParameters(this);

    const identity = addIdentity(this, 'identity', `${base}-identity`);
    const packageIdentity = addIdentity(this, 'package-identity', `${base}-package-identity`);
    const networkAccess = parameters.monitoringNetworkAccess.value;
    const monitoring = new Monitoring(this, 'monitoring', { base, networkAccess }, stage);
    const storage = new BlobStorage(this, 'storage', `mtd${stage.stage}${suffix}`, stage);
    const serviceBus = new ServiceBus(this, 'serviceBus', `${base}-bus`, stage);
    const cosmosDb = new CosmosDb(this, 'cosmosDb', `${base}-db`, stage);
    const vault = new Vault(this, 'keyVault', `mtd-${stage.stage}-${suffix}`, stage);
    const network = stage.isPrivate
      ? new PrivateNetwork(this, 'private', `${base}-net`)
      : undefined;
    const roleAssignments = [
      cosmosDb.grantData(identity),
      ...(stage.assignsRoles
        ? assignRoles({ identity, packageIdentity, monitoring, storage, serviceBus, vault }, stage)
        : []),
    ];
    const app = new FunctionApp(this, 'app', {
      name: base,
      identity,
      packageIdentity,
      storage,
      stage,
      roleAssignments,
      subnetId: network?.appSubnetId,
      deploymentAddressRange: parameters.deploymentAddressRange.value,
      settings: toAppSettings({
        identity,
        vault,
        storageAccount: storage.account,
        serviceBus: serviceBus.namespace,
        cosmosDb: cosmosDb.account,
        applicationInsights: monitoring.applicationInsights,
        origin: `https://${base}.azurewebsites.net`,
        parameters,
      }),
    });

    for (const resource of [
      storage.blobs,
      serviceBus.namespace,
      cosmosDb.account,
      vault.vault,
      app.site,
    ])
      monitoring.diagnose(resource);
    new Alerts(this, 'alerts', {
      base,
      workspace: monitoring.workspace,
      serviceBus: serviceBus.namespace,
      cosmosDb: cosmosDb.account,
      email: parameters.operatorsEmail.value,
    });
    new OperatorsWorkbook(this, 'workbook', monitoring.workspace);

    if (network !== undefined)
      addPrivateEndpoints(network, { storage, serviceBus, cosmosDb, vault });
    if (stage.isLocked)
      for (const resource of [storage.account, serviceBus.namespace, cosmosDb.account, vault.vault])
        lock(resource);

    new ArmOutput(this, 'functionAppName', base);
    new ArmOutput(this, 'api', `https://${base}.azurewebsites.net`);
    new ArmOutput(this, 'serviceBusNamespace', `${base}-bus.servicebus.windows.net`);
    new ArmOutput(this, 'keyVaultUri', vault.vault.read('vaultUri'));
    new ArmOutput(this, 'packageContainer', storage.account.read('primaryEndpoints.blob'));
    new ArmOutput(this, 'identityPrincipalId', identity.read('principalId'));
    new ArmOutput(this, 'packageIdentityPrincipalId', packageIdentity.read('principalId'));
    Aspects.of(this).add(new LandingZone(stage));
  }
}

function addIdentity(scope: Construct, id: string, name: string): ArmResource {
  return new AzureResource(scope, id, {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    name,
    body: { location: HERE },
  });
}

interface Granted {
  readonly identity: ArmResource;
  readonly packageIdentity: ArmResource;
  readonly monitoring: Monitoring;
  readonly storage: BlobStorage;
  readonly serviceBus: ServiceBus;
  readonly vault: Vault;
}

/** Each role on the smallest resource that works: a container, a queue. */
function assignRoles(
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

interface PrivateResources {
  readonly storage: BlobStorage;
  readonly serviceBus: ServiceBus;
  readonly cosmosDb: CosmosDb;
  readonly vault: Vault;
}

function addPrivateEndpoints(
  network: PrivateNetwork,
  { storage, serviceBus, cosmosDb, vault }: PrivateResources,
): void {
  network.addEndpoint({
    id: 'blob',
    resource: storage.account,
    groupId: 'blob',
    zone: 'privatelink.blob.core.windows.net',
  });
  network.addEndpoint({
    id: 'bus',
    resource: serviceBus.namespace,
    groupId: 'namespace',
    zone: 'privatelink.servicebus.windows.net',
  });
  network.addEndpoint({
    id: 'db',
    resource: cosmosDb.account,
    groupId: 'Sql',
    zone: 'privatelink.documents.azure.com',
  });
  network.addEndpoint({
    id: 'vault',
    resource: vault.vault,
    groupId: 'vault',
    zone: 'privatelink.vaultcore.azure.net',
  });
}

function lock(resource: ArmResource): void {
  new AzureResource(resource, 'lock', {
    type: 'Microsoft.Authorization/locks',
    name: 'keep',
    scope: resource,
    body: {
      properties: { level: 'CanNotDelete', notes: 'Contains data that cannot be recreated' },
    },
  });
}

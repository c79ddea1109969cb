import { Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { assignRoles } from './assignRoles.ts';
import { toAppSettings } from './appSettings.ts';
import { AzureResource, HERE } from './azureResource.ts';
import { CosmosDb } from './cosmosDb.ts';
import { ArmMetadata, ArmOutput } from './engine/armParameter.ts';
import { ArmStack } from './engine/armStack.ts';
import { call, resourceGroup } from './engine/expression.ts';
import type { ArmResource } from './engine/armResource.ts';
import { FunctionApp } from './functionApp.ts';
import { Vault } from './keyVault.ts';
import { LandingZone } from './landingZone.ts';
import { Monitoring } from './monitoring.ts';
import { PrivateNetwork } from './network.ts';
import { OperatorsWorkbook } from './operatorsWorkbook.ts';
import { addPrivateEndpoints } from './privateEndpoints.ts';
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
    const { databaseAccount, extraSettings } = parameters;
    const cosmosDb = new CosmosDb(this, 'cosmosDb', {
      name: `${base}-db`,
      restored: databaseAccount.value,
      stage,
    });
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
    const endpoints =
      network === undefined
        ? []
        : addPrivateEndpoints(network, { storage, serviceBus, cosmosDb, vault });
    const settings = toAppSettings({
      identity,
      vault,
      storageAccount: storage.account,
      serviceBus: serviceBus.namespace,
      cosmosDb: cosmosDb.account,
      applicationInsights: monitoring.applicationInsights,
      origin: `https://${base}.azurewebsites.net`,
      parameters,
    });
    const app = new FunctionApp(this, 'app', {
      name: base,
      identity,
      packageIdentity,
      storage,
      stage,
      needed: [...roleAssignments, ...endpoints],
      subnetId: network?.appSubnetId,
      deploymentAddressRange: parameters.deploymentAddressRange.value,
      settings,
      extraSettings: extraSettings.value,
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

    if (stage.isLocked)
      for (const resource of [storage.account, serviceBus.namespace, cosmosDb.account, vault.vault])
        lock(resource, resource === cosmosDb.account ? endpoints : []);

    new ArmOutput(this, 'functionAppName', base);
    new ArmOutput(this, 'api', `https://${base}.azurewebsites.net`);
    new ArmOutput(this, 'serviceBusNamespace', `${base}-bus.servicebus.windows.net`);
    new ArmOutput(this, 'databaseAccount', cosmosDb.account.names.join(''));
    new ArmOutput(this, 'keyVaultUri', vault.vault.read('vaultUri'));
    new ArmOutput(this, 'packageContainer', storage.account.read('primaryEndpoints.blob'));
    new ArmOutput(this, 'identityPrincipalId', identity.read('principalId'));
    new ArmOutput(this, 'packageIdentityPrincipalId', packageIdentity.read('principalId'));
    // A deployment keeps these settings and those of `extraSettings`, and removes every other one.
    new ArmMetadata(this, 'appSettings', Object.keys(settings));
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

function lock(resource: ArmResource, after: readonly ArmResource[]): void {
  new AzureResource(resource, 'lock', {
    type: 'Microsoft.Authorization/locks',
    name: 'keep',
    scope: resource,
    after,
    body: {
      properties: { level: 'CanNotDelete', notes: 'Contains data that cannot be recreated' },
    },
  });
}

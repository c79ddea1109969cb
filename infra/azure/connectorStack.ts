import { Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Alerts } from './alerts.ts';
import { toAppSettings } from './appSettings.ts';
import { AzureResource, HERE } from './azureResource.ts';
import { CosmosDb } from './cosmosDb.ts';
import { ArmOutput, ArmParameter } from './engine/armParameter.ts';
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

    const identity = new AzureResource(this, 'identity', {
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      name: `${base}-identity`,
      body: { location: HERE },
    });
    const monitoring = new Monitoring(this, 'monitoring', { base }, stage);
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
        ? assignRoles(identity, stage, { monitoring, storage, serviceBus, vault })
        : []),
    ];
    const app = new FunctionApp(this, 'app', {
      name: base,
      identity,
      storage,
      stage,
      roleAssignments,
      subnetId: network?.appSubnetId,
      settings: {
        ...toAppSettings({
          identity,
          vault,
          storageAccount: storage.account,
          serviceBus: serviceBus.namespace,
          cosmosDb: cosmosDb.account,
          applicationInsights: monitoring.applicationInsights,
          origin: `https://${base}.azurewebsites.net`,
          tokenIssuer: parameters.tokenIssuer.value,
          tokenAudience: parameters.tokenAudience.value,
        }),
        ENROLMENT_FROM_GRAPH: parameters.enrolmentFromGraph.value,
        ENTRA_COMPLIANCE_ATTRIBUTE: parameters.entraComplianceAttribute.value,
        ENTRA_RISK_ATTRIBUTE: parameters.entraRiskAttribute.value,
      },
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
    Aspects.of(this).add(new LandingZone());
  }
}

interface GrantedResources {
  readonly monitoring: Monitoring;
  readonly storage: BlobStorage;
  readonly serviceBus: ServiceBus;
  readonly vault: Vault;
}

function assignRoles(
  identity: ArmResource,
  { scalesByQueueLength }: StageConfiguration,
  { monitoring, storage, serviceBus, vault }: GrantedResources,
): readonly ArmResource[] {
  return [
    grant(storage, storage.account, identity, 'storageBlobDataOwner'),
    ...(scalesByQueueLength
      ? [grant(serviceBus, serviceBus.namespace, identity, 'serviceBusDataOwner')]
      : []),
    grant(serviceBus, serviceBus.namespace, identity, 'serviceBusDataReceiver'),
    grant(serviceBus, serviceBus.namespace, identity, 'serviceBusDataSender'),
    grant(vault, vault.vault, identity, 'keyVaultSecretsUser'),
    grant(monitoring, monitoring.applicationInsights, identity, 'monitoringMetricsPublisher'),
  ];
}

interface Parameters {
  readonly tokenIssuer: ArmParameter;
  readonly tokenAudience: ArmParameter;
  readonly operatorsEmail: ArmParameter;
  readonly enrolmentFromGraph: ArmParameter;
  readonly entraComplianceAttribute: ArmParameter;
  readonly entraRiskAttribute: ArmParameter;
}

function addParameters(scope: Construct): Parameters {
  const text = (id: string, description: string, defaultValue?: string): ArmParameter =>
    new ArmParameter(scope, id, {
      type: 'string',
      description,
      ...(defaultValue === undefined ? { minLength: 1 } : { defaultValue }),
    });
  return {
    tokenIssuer: text(
      'tokenIssuer',
      'Issuer of the accepted tokens: https://login.microsoftonline.com/{tenant}/v2.0',
    ),
    tokenAudience: text('tokenAudience', 'Required aud claim of the tokens'),
    operatorsEmail: text('operatorsEmail', 'Email address for alerts'),
    enrolmentFromGraph: new ArmParameter(scope, 'enrolmentFromGraph', {
      type: 'string',
      description: 'true: enrol the devices that Intune manages',
      defaultValue: 'false',
      allowedValues: ['true', 'false'],
    }),
    entraComplianceAttribute: text(
      'entraComplianceAttribute',
      'Entra attribute for the compliance state, extensionAttribute1 to extensionAttribute15; empty: none',
      '',
    ),
    entraRiskAttribute: text(
      'entraRiskAttribute',
      'Entra attribute for the threat state, a different one; empty: none',
      '',
    ),
  };
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

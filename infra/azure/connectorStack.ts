import { Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addNetwork } from './network/addNetwork.ts';
import { addPrivateEndpoints } from './network/addPrivateEndpoints.ts';
import { toAppSettings } from './appSettings.ts';
import { assignRoles } from './assignRoles.ts';
import { AzureResource, HERE } from './azureResource.ts';
import { ArmMetadata, ArmOutput } from './engine/armParameter.ts';
import type { ArmResource } from './engine/armResource.ts';
import { ArmStack } from './engine/armStack.ts';
import { call, resourceGroup } from './engine/expression.ts';
import { FunctionApp } from './functionApp.ts';
import { LandingZone } from './landingZone.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { addServices, lockedOf, type Services } from './services.ts';
import { addParameters } from './stackParameters.ts';
import type { StageConfiguration } from './stageConfiguration.ts';
import { watchStack } from './monitoring/watchStack.ts';

/** The whole system in one resource group. */
export class ConnectorStack extends ArmStack {
  constructor(scope: Construct, stage: StageConfiguration) {
    super(scope, `mobile-threat-defense-${stage.stage}`);
    const suffix = call('uniqueString', resourceGroup('id'));
    const base = `mtd-${stage.stage}-${suffix}`;
    const origin = `https://${base}.azurewebsites.net`;
    const parameters = addParameters(this, stage);

    const identity = addIdentity(this, 'identity', `${base}-identity`);
    const packageIdentity = addIdentity(this, 'package-identity', `${base}-package-identity`);
    const monitoring = new Monitoring(this, 'monitoring', { base, parameters, stage });
    const services = addServices(this, { base, suffix }, parameters, stage);
    const roleAssignments = [
      services.cosmosDb.grantData(identity),
      ...(stage.assignsRoles
        ? assignRoles({ identity, packageIdentity, monitoring, ...services }, stage)
        : []),
    ];
    const network = addNetwork(this, `${base}-net`, parameters.network);
    const ways = network === undefined ? [] : addPrivateEndpoints(network.endpoints, services);
    const settings = toAppSettings({ identity, services, monitoring, origin, parameters });
    const { site } = new FunctionApp(this, 'app', {
      name: base,
      identity,
      packageIdentity,
      storage: services.storage,
      stage,
      needed: [...roleAssignments, ...ways],
      network,
      settings,
      parameters,
    });
    network?.addApi(site);
    const isApiPublic = network?.isApiPublic;
    watchStack(this, monitoring, { base, origin, services, site, parameters, isApiPublic });
    if (stage.isLocked) lockAll(services, ways);
    addOutputs(this, { base, origin, identity, packageIdentity, services });
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

/** The lock of the database is the last change of its account. */
function lockAll(services: Services, ways: readonly ArmResource[]): void {
  for (const resource of lockedOf(services))
    new AzureResource(resource, 'lock', {
      type: 'Microsoft.Authorization/locks',
      name: 'keep',
      scope: resource,
      after: resource === services.cosmosDb.account ? ways : [],
      body: {
        properties: { level: 'CanNotDelete', notes: 'Contains data that cannot be recreated' },
      },
    });
}

interface Named {
  readonly base: string;
  readonly origin: string;
  readonly identity: ArmResource;
  readonly packageIdentity: ArmResource;
  readonly services: Services;
}

function addOutputs(
  scope: Construct,
  { base, origin, identity, packageIdentity, services }: Named,
): void {
  const { storage, cosmosDb, vault } = services;
  const outputs = {
    functionAppName: base,
    api: origin,
    serviceBusNamespace: `${base}-bus.servicebus.windows.net`,
    databaseAccountName: cosmosDb.account.names.join(''),
    keyVaultUri: vault.vault.read('vaultUri'),
    packageContainer: storage.account.read('primaryEndpoints.blob'),
    identityPrincipalId: identity.read('principalId'),
    packageIdentityPrincipalId: packageIdentity.read('principalId'),
  };
  for (const [id, value] of Object.entries(outputs)) new ArmOutput(scope, id, value);
}

import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { MergedSettings } from './mergedSettings.ts';
import type { StackNetwork } from './network/addNetwork.ts';
import type { StackParameters } from './stackParameters.ts';
import type { StageConfiguration } from './stageConfiguration.ts';
import { PACKAGE_CONTAINER_NAME, type BlobStorage } from './storage/storage.ts';
import { defined } from '../../shared/base/defined.ts';

const INSTANCE_MEMORY_IN_MB = 2048;
const NODE_VERSION = '22';

export interface FunctionAppProps {
  readonly name: string;
  readonly identity: ArmResource;
  /** The identity that stores and reads the package. The code does not use it. */
  readonly packageIdentity: ArmResource;
  readonly storage: BlobStorage;
  readonly settings: Readonly<Record<string, string>>;
  readonly stage: StageConfiguration;
  /**
   * Role assignments, private endpoints and names that must exist first. Without them the app's first start fails, and it
   * keeps a reference to the vault that it could not resolve for up to a day (Azure/azure-functions-host#8269).
   */
  readonly needed: readonly ArmResource[];
  /** The private network; `undefined` if there is none. */
  readonly network: Pick<StackNetwork, 'appSubnetId' | 'publicNetworkAccess'> | undefined;
  readonly parameters: Pick<StackParameters, 'deploymentAddressRange' | 'extraSettings' | 'zones'>;
}

/** The app on Flex Consumption, which allows one app for each plan, and no slots. */
export class FunctionApp extends Construct {
  readonly site: ArmResource;

  constructor(scope: Construct, id: string, props: FunctionAppProps) {
    super(scope, id);
    const { name, identity, packageIdentity, network, storage, needed, parameters } = props;
    const plan = new AzureResource(this, 'plan', {
      type: 'Microsoft.Web/serverfarms',
      name: `${name}-plan`,
      body: {
        location: HERE,
        kind: 'functionapp',
        sku: { name: 'FC1', tier: 'FlexConsumption' },
        properties: { reserved: true, zoneRedundant: parameters.zones?.planZoneRedundant ?? false },
      },
    });
    this.site = new AzureResource(this, 'site', {
      type: 'Microsoft.Web/sites',
      name,
      after: [storage.packages, ...needed],
      body: {
        location: HERE,
        kind: 'functionapp,linux',
        identity: {
          type: 'UserAssigned',
          userAssignedIdentities: { [identity.id]: {}, [packageIdentity.id]: {} },
        },
        properties: {
          serverFarmId: plan.id,
          httpsOnly: true,
          publicNetworkAccess: network?.publicNetworkAccess ?? 'Enabled',
          ...defined({ virtualNetworkSubnetId: network?.appSubnetId }),
          keyVaultReferenceIdentity: identity.id,
          functionAppConfig: toAppConfig(props),
          siteConfig: toSiteConfig(props),
        },
      },
    });
    for (const policy of ['ftp', 'scm'])
      new AzureResource(this, policy, {
        type: 'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
        name: policy,
        parent: this.site,
        body: { properties: { allow: false } },
      });
  }
}

/** Flex Consumption has these properties (Terraform's `azurerm_function_app_flex_consumption`); `LandingZone` names others. */
function toSiteConfig({ settings, parameters }: FunctionAppProps): object {
  return {
    minTlsVersion: '1.2',
    scmMinTlsVersion: '1.2',
    remoteDebuggingEnabled: false,
    http20Enabled: true,
    scmIpSecurityRestrictionsDefaultAction: 'Deny',
    scmIpSecurityRestrictions: [
      {
        name: 'deployers',
        action: 'Allow',
        priority: 100,
        ipAddress: parameters.deploymentAddressRange,
      },
    ],
    appSettings: new MergedSettings(settings, parameters.extraSettings),
  };
}

function toAppConfig({ packageIdentity, storage, stage }: FunctionAppProps): object {
  return {
    deployment: {
      storage: {
        type: 'blobContainer',
        value: `${storage.account.read('primaryEndpoints.blob')}${PACKAGE_CONTAINER_NAME}`,
        authentication: {
          type: 'UserAssignedIdentity',
          userAssignedIdentityResourceId: packageIdentity.id,
        },
      },
    },
    runtime: { name: 'node', version: NODE_VERSION },
    scaleAndConcurrency: {
      maximumInstanceCount: stage.maximumInstanceCount,
      instanceMemoryMB: INSTANCE_MEMORY_IN_MB,
      triggers: { http: { perInstanceConcurrency: stage.requestsAtOnce } },
      alwaysReady:
        stage.alwaysReadyInstances === 0
          ? []
          : [{ name: 'http', instanceCount: stage.alwaysReadyInstances }],
    },
  };
}

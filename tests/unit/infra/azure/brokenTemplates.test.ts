import { Aspects } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { expect, it } from 'vitest';
import { AzureResource } from '../../../../infra/azure/azureResource.ts';
import { ConnectorStack } from '../../../../infra/azure/connectorStack.ts';
import type { ArmResource } from '../../../../infra/azure/engine/armResource.ts';
import { STAGES, type StageConfiguration } from '../../../../infra/azure/stageConfiguration.ts';
import { grant } from '../../../../infra/azure/roles.ts';
import { synthesizeApp } from '../../../../infra/azure/synthesize.ts';

type Mutable = Record<string, unknown>;

/** Synthesizes the template of the stage after `corrupt` changed it. */
function synthesizeBroken(
  corrupt: (stack: ConnectorStack) => void,
  name: StageConfiguration['stage'] = 'dev',
): void {
  const stage = STAGES.find((each) => each.stage === name);
  if (stage === undefined) throw new Error('there is no stage');
  synthesizeApp((app) => {
    const stack = new ConnectorStack(app, stage);
    corrupt(stack);
    return stack;
  });
}

const find = (stack: ConnectorStack, path: string): ArmResource =>
  path.split('/').reduce<IConstruct>((found, id) => found.node.findChild(id), stack) as ArmResource;

/** Sets a property; `undefined` deletes it. */
const set =
  (path: string, property: string, value: unknown) =>
  (stack: ConnectorStack): void => {
    const { body } = find(stack, path);
    const parts = property.split('.');
    const last = parts.pop() ?? '';
    const owner = parts.reduce<Mutable>((at, name) => at[name] as Mutable, body as Mutable);
    if (value === undefined) delete owner[last];
    else owner[last] = value;
  };

/** Gives a setting another value; `undefined` removes it. */
const setSetting =
  (name: string, value: string | undefined) =>
  (stack: ConnectorStack): void => {
    const { siteConfig } = find(stack, 'app/site').body['properties'] as {
      siteConfig: { appSettings: { own: Mutable } };
    };
    const { own } = siteConfig.appSettings;
    if (value === undefined) delete own[name];
    else own[name] = value;
  };

it.each([
  [
    'a larger body from anybody',
    setSetting('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT', '104857600'),
    'app/site: the app setting `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT` must be `1048576`',
  ],
  [
    'an unknown property',
    set('storage/account', 'properties.allowSharedKeys', false),
    'storage/account: `properties.allowSharedKeys` is not a property',
  ],
  [
    'a property at the wrong place',
    set('storage/account', 'minimumTlsVersion', 'TLS1_2'),
    'storage/account: `minimumTlsVersion` is not a member',
  ],
  [
    'a missing property',
    set('keyVault/vault', 'properties.tenantId', undefined),
    'keyVault/vault: `properties.tenantId` is missing',
  ],
  [
    'a type that is not deployed',
    (stack: ConnectorStack) =>
      void new AzureResource(stack, 'cache', { type: 'Microsoft.Cache/redis', name: 'cache' }),
    'cache: `Microsoft.Cache/redis` is not a known resource type',
  ],
  [
    'a child without a parent',
    (stack: ConnectorStack) =>
      void new AzureResource(stack, 'queue', {
        type: 'Microsoft.ServiceBus/namespaces/queues',
        name: 'queue',
      }),
    'queue: `Microsoft.ServiceBus/namespaces/queues` needs a parent resource',
  ],
  [
    'a child of the wrong parent',
    (stack: ConnectorStack) =>
      void new AzureResource(stack, 'queue', {
        type: 'Microsoft.ServiceBus/namespaces/queues',
        name: 'queue',
        parent: find(stack, 'storage/account'),
      }),
    'queue: `Microsoft.ServiceBus/namespaces/queues` is not a child type of `Microsoft.Storage/storageAccounts`',
  ],
  [
    'access to storage by key',
    set('storage/account', 'properties.allowSharedKeyAccess', true),
    'storage/account: `allowSharedKeyAccess` must be false: no key access',
  ],
  [
    'a public container',
    set('storage/quarantine', 'properties.publicAccess', 'Blob'),
    'storage/quarantine: `publicAccess` must be "None": no public blobs',
  ],
  [
    'old TLS',
    set('serviceBus/namespace', 'properties.minimumTlsVersion', '1.0'),
    'serviceBus/namespace: `minimumTlsVersion` must be "1.2"',
  ],
  [
    'access to Service Bus by key',
    set('serviceBus/namespace', 'properties.disableLocalAuth', false),
    'serviceBus/namespace: `disableLocalAuth` must be true: no key access',
  ],
  [
    'access to Cosmos DB by key',
    set('cosmosDb/account', 'properties.disableLocalAuth', false),
    'cosmosDb/account: `disableLocalAuth` must be true: no key access',
  ],
  [
    'a vault without purge protection',
    set('keyVault/vault', 'properties.enablePurgeProtection', false),
    'keyVault/vault: `enablePurgeProtection` must be true',
  ],
  [
    'plain HTTP',
    set('app/site', 'properties.httpsOnly', false),
    'app/site: `httpsOnly` must be true: no plain HTTP',
  ],
  [
    'a setting that Flex Consumption refuses',
    setSetting('FUNCTIONS_WORKER_RUNTIME', 'node'),
    'app/site: Flex Consumption rejects the app setting `FUNCTIONS_WORKER_RUNTIME`',
  ],
  [
    'a number of ready instances where Flex Consumption does not look for it',
    set('app/site', 'properties.siteConfig.minimumElasticInstanceCount', 2),
    'app/site: Flex Consumption rejects `siteConfig.minimumElasticInstanceCount`',
  ],
  [
    'too few instances',
    set('app/site', 'properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount', 10),
    'app/site: `maximumInstanceCount` must be at least 40',
  ],
  [
    'a role that is too wide',
    set(
      'storage/azure-webjobs-hosts/storageBlobDataOwner',
      'properties.roleDefinitionId',
      '/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    ),
    'storage/azure-webjobs-hosts/storageBlobDataOwner: the role',
  ],
  [
    'a resource without diagnostic settings',
    (stack: ConnectorStack) =>
      void find(stack, 'keyVault/vault').node.tryRemoveChild('diagnostics'),
    'keyVault/vault: has no diagnostic settings',
  ],
  [
    'a reference to a missing resource',
    (stack: ConnectorStack) => {
      const gone = new AzureResource(stack, 'gone', {
        type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
        name: 'gone',
      });
      set('app/site', 'properties.keyVaultReferenceIdentity', gone.id)(stack);
      stack.node.tryRemoveChild('gone');
    },
    'app/site: refers to `gone`, which is not in the template',
  ],
  [
    'copies to storage from another tenant',
    set('storage/account', 'properties.allowedCopyScope', undefined),
    'storage/account: `allowedCopyScope` must be "AAD": no copies from another tenant (Deny-Storage-CopyScope)',
  ],
  [
    'storage that is encrypted once',
    set('storage/account', 'properties.encryption.requireInfrastructureEncryption', false),
    'storage/account: `encryption.requireInfrastructureEncryption` must be true',
  ],
  [
    'storage with unencrypted tables',
    set('storage/account', 'properties.encryption.services.table', undefined),
    'storage/account: `encryption.services.table.keyType` must be "Account"',
  ],
  [
    'users of storage with passwords',
    set('storage/account', 'properties.isLocalUserEnabled', true),
    'storage/account: `isLocalUserEnabled` must be false',
  ],
  [
    'blobs without versions',
    set('storage/blobs', 'properties.isVersioningEnabled', false),
    'storage/blobs: `isVersioningEnabled` must be true',
  ],
  [
    'deployments from everywhere by default',
    set('app/site', 'properties.siteConfig.scmIpSecurityRestrictionsDefaultAction', 'Allow'),
    'app/site: `siteConfig.scmIpSecurityRestrictionsDefaultAction` must be "Deny"',
  ],
  [
    'old TLS for deployments',
    set('app/site', 'properties.siteConfig.scmMinTlsVersion', '1.1'),
    'app/site: `siteConfig.scmMinTlsVersion` must be "1.2"',
  ],
  [
    'a debugger from outside',
    set('app/site', 'properties.siteConfig.remoteDebuggingEnabled', true),
    'app/site: `siteConfig.remoteDebuggingEnabled` must be false',
  ],
  [
    'a property that Flex Consumption refuses',
    set('app/site', 'properties.siteConfig.ftpsState', 'Disabled'),
    'app/site: Flex Consumption rejects `siteConfig.ftpsState`',
  ],
  [
    'a home page for everybody',
    setSetting('AzureWebJobsDisableHomepage', undefined),
    'app/site: the app setting `AzureWebJobsDisableHomepage` must be `true`',
  ],
  [
    'a data role on a whole account',
    (stack: ConnectorStack) =>
      void grant(find(stack, 'storage/account'), find(stack, 'identity'), 'storageBlobDataOwner'),
    'storage/account/storageBlobDataOwner: assign the role on a container',
  ],
  [
    'a data role on all queues',
    (stack: ConnectorStack) =>
      void grant(
        find(stack, 'serviceBus/namespace'),
        find(stack, 'identity'),
        'serviceBusDataReceiver',
      ),
    'serviceBus/namespace/serviceBusDataReceiver: assign the role on a container, a queue',
  ],
  [
    'a role on all databases',
    (stack: ConnectorStack) =>
      set(
        'cosmosDb/dataContributor',
        'properties.scope',
        find(stack, 'cosmosDb/account').id,
      )(stack),
    'cosmosDb/dataContributor: assign the role on a container, a queue or the database',
  ],
])('synthesis rejects %s', (_, corrupt, message) => {
  expect(() => synthesizeBroken(corrupt)).toThrow(`mobile-threat-defense-dev/${message}`);
});

it.each([
  [
    'public storage',
    set('storage/account', 'properties.publicNetworkAccess', 'Enabled'),
    'storage/account: `publicNetworkAccess` must be "Disabled"',
  ],
  [
    'storage without network rules',
    set('storage/account', 'properties.networkAcls', undefined),
    'storage/account: `networkAcls.defaultAction` must be "Deny"',
  ],
  [
    'a way around the network rules of storage',
    set('storage/account', 'properties.networkAcls.bypass', 'AzureServices'),
    'storage/account: `networkAcls.bypass` must be "None"',
  ],
  [
    'a public database',
    set('cosmosDb/account', 'properties.publicNetworkAccess', 'Enabled'),
    'cosmosDb/account: `publicNetworkAccess` must be "Disabled"',
  ],
  [
    'a vault without network rules',
    set('keyVault/vault', 'properties.networkAcls.defaultAction', 'Allow'),
    'keyVault/vault: `networkAcls.defaultAction` must be "Deny"',
  ],
  [
    'an API that stays public',
    set('app/site', 'properties.publicNetworkAccess', 'Enabled'),
    'app/site: a parameter must be able to close the API',
  ],
  [
    'a public decision log',
    set('decisionStorage/account', 'properties.publicNetworkAccess', 'Enabled'),
    'decisionStorage/account: `publicNetworkAccess` must be "Disabled"',
  ],
  [
    'a subnet without a security group',
    (stack: ConnectorStack) => {
      const { subnets } = find(stack, 'network/network').body['properties'] as {
        subnets: { properties: Mutable }[];
      };
      delete subnets[1]?.properties['networkSecurityGroup'];
    },
    'network/network: the subnet `endpoints` has no network security group',
  ],
])('synthesis of production rejects %s', (_, corrupt, message) => {
  const synthesized = (): void => synthesizeBroken(corrupt, 'prod');
  expect(synthesized).toThrow(`mobile-threat-defense-prod/${message}`);
});

it('synthesis accepts the unchanged template', () => {
  expect(() => synthesizeBroken((stack) => void Aspects.of(stack))).not.toThrow();
});

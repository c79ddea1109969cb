/** A required value of a property, with the reason, and the policy or page that demands it. */
export type Demand = readonly [path: string, value: unknown, why: string, source: string];

/**
 * The demands on each resource type. A source without a dot is a policy of Microsoft's landing zone
 * (github.com/Azure/Enterprise-Scale, src/resources/Microsoft.Authorization); it or the built-in policy that it refers to
 * would deny the resource.
 */
export const DEMANDS: Readonly<Record<string, readonly Demand[]>> = {
  'Microsoft.Storage/storageAccounts': [
    ['allowSharedKeyAccess', false, 'no key access', 'Deny-Storage-Shared-Key'],
    [
      'allowBlobPublicAccess',
      false,
      'no public blobs',
      'built-in policy 4fa4b6c0-31ca-4c0d-b10d-24b96f62a751',
    ],
    [
      'allowCrossTenantReplication',
      false,
      'no copies at another tenant',
      'Deny-Storage-Cross-Tenant',
    ],
    ['allowedCopyScope', 'AAD', 'no copies from another tenant', 'Deny-Storage-CopyScope'],
    ['isLocalUserEnabled', false, 'no users with passwords', 'Deny-Storage-LocalUser'],
    ['minimumTlsVersion', 'TLS1_2', 'at least TLS 1.2', 'Enforce-EncryptTransit'],
    ['supportsHttpsTrafficOnly', true, 'no plain HTTP', 'Enforce-EncryptTransit'],
    [
      'encryption.requireInfrastructureEncryption',
      true,
      'encrypted twice',
      'Deny-Storage-Infra-Encryption',
    ],
    [
      'encryption.services.blob.enabled',
      true,
      'encrypted blobs',
      'Deny-Storage-ServicesEncryption',
    ],
    [
      'encryption.services.file.enabled',
      true,
      'encrypted files',
      'Deny-Storage-ServicesEncryption',
    ],
    [
      'encryption.services.queue.keyType',
      'Account',
      'encrypted queues',
      'Deny-Storage-ServicesEncryption',
    ],
    [
      'encryption.services.table.keyType',
      'Account',
      'encrypted tables',
      'Deny-Storage-ServicesEncryption',
    ],
  ],
  'Microsoft.Storage/storageAccounts/blobServices': [
    [
      'isVersioningEnabled',
      true,
      'an overwritten blob stays recoverable',
      'learn.microsoft.com/azure/storage/blobs/security-recommendations',
    ],
    [
      'deleteRetentionPolicy.enabled',
      true,
      'a deleted blob stays recoverable',
      'learn.microsoft.com/azure/storage/blobs/security-recommendations',
    ],
    [
      'containerDeleteRetentionPolicy.enabled',
      true,
      'a deleted container stays recoverable',
      'Deny-Storage-ContainerDeleteRetentionPolicy',
    ],
  ],
  'Microsoft.Storage/storageAccounts/blobServices/containers': [
    [
      'publicAccess',
      'None',
      'no public blobs',
      'built-in policy 4fa4b6c0-31ca-4c0d-b10d-24b96f62a751',
    ],
  ],
  'Microsoft.ServiceBus/namespaces': [
    ['disableLocalAuth', true, 'no key access', 'Deny-Sb-LocalAuth'],
    [
      'minimumTlsVersion',
      '1.2',
      'at least TLS 1.2',
      'learn.microsoft.com/azure/service-bus-messaging/transport-layer-security-enforce-minimum-version',
    ],
  ],
  'Microsoft.DocumentDB/databaseAccounts': [
    ['disableLocalAuth', true, 'no key access', 'Deny-CosmosDb-Local-Auth'],
    ['disableKeyBasedMetadataWriteAccess', true, 'no key access', 'Append-CosmosDb-Metadata'],
    [
      'minimalTlsVersion',
      'Tls12',
      'at least TLS 1.2',
      'learn.microsoft.com/azure/cosmos-db/self-serve-minimum-tls-enforcement',
    ],
  ],
  'Microsoft.KeyVault/vaults': [
    [
      'enableRbacAuthorization',
      true,
      'no access policies',
      'learn.microsoft.com/azure/key-vault/general/rbac-access-policy',
    ],
    ['enableSoftDelete', true, 'deleted secrets stay recoverable', 'KVSoftDelete'],
    ['enablePurgeProtection', true, 'deleted secrets stay recoverable', 'KVPurgeProtection'],
  ],
  'Microsoft.Insights/components': [
    [
      'DisableLocalAuth',
      true,
      'no key for ingestion',
      'learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication',
    ],
  ],
  'Microsoft.OperationalInsights/workspaces': [
    [
      'features.disableLocalAuth',
      true,
      'no key for ingestion',
      'learn.microsoft.com/azure/azure-monitor/logs/manage-access',
    ],
  ],
  'Microsoft.Web/sites': [
    ['httpsOnly', true, 'no plain HTTP', 'Deny-FunctionApp-Https'],
    ['siteConfig.minTlsVersion', '1.2', 'at least TLS 1.2', 'Enforce-EncryptTransit'],
    [
      'siteConfig.scmMinTlsVersion',
      '1.2',
      'at least TLS 1.2 for deployments',
      'learn.microsoft.com/azure/app-service/overview-tls',
    ],
    [
      'siteConfig.remoteDebuggingEnabled',
      false,
      'no debugger from outside',
      'DINE-FuncApp-Debugging',
    ],
    [
      'siteConfig.scmIpSecurityRestrictionsDefaultAction',
      'Deny',
      'deployments from named addresses',
      'learn.microsoft.com/azure/app-service/app-service-ip-restrictions',
    ],
  ],
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': [
    ['allow', false, 'no publishing password', 'DINE-AppService-LocalAuth'],
  ],
};

/** The further demands where the stage is private. */
export const PRIVATE_DEMANDS: Readonly<Record<string, readonly Demand[]>> = {
  'Microsoft.Storage/storageAccounts': [
    ['publicNetworkAccess', 'Disabled', 'private endpoints only', 'Deny-PublicPaaSEndpoints'],
    ['networkAcls.defaultAction', 'Deny', 'private endpoints only', 'Deny-Storage-NetworkRules'],
    ['networkAcls.bypass', 'None', 'no way around the rules', 'Deny-Storage-NetworkAclsBypass'],
  ],
  'Microsoft.ServiceBus/namespaces': [
    ['publicNetworkAccess', 'Disabled', 'private endpoints only', 'Deny-PublicPaaSEndpoints'],
  ],
  'Microsoft.DocumentDB/databaseAccounts': [
    ['publicNetworkAccess', 'Disabled', 'private endpoints only', 'Deny-PublicPaaSEndpoints'],
  ],
  'Microsoft.KeyVault/vaults': [
    ['publicNetworkAccess', 'Disabled', 'private endpoints only', 'Deny-PublicPaaSEndpoints'],
    ['networkAcls.defaultAction', 'Deny', 'private endpoints only', 'KVFirewallEnabled'],
  ],
};

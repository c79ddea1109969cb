/** A resource type: its API version, and the members that this system uses. */
export interface ResourceType {
  readonly apiVersion: string;
  /** Names below `properties`; if absent, the resource has no properties. */
  readonly properties?: readonly string[];
  readonly required?: readonly string[];
  /** Members other than `name`, `scope` and `properties`. */
  readonly members?: readonly string[];
}

const LOCATED = ['location', 'tags'] as const;

/** Every type that this system deploys. Synthesis rejects other types and other properties. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': {
    apiVersion: '2024-11-30',
    members: LOCATED,
  },
  'Microsoft.OperationalInsights/workspaces': {
    apiVersion: '2025-07-01',
    members: LOCATED,
    properties: [
      'sku',
      'retentionInDays',
      'features',
      'publicNetworkAccessForIngestion',
      'publicNetworkAccessForQuery',
    ],
    required: ['features'],
  },
  'Microsoft.Insights/components': {
    apiVersion: '2020-02-02',
    members: [...LOCATED, 'kind'],
    properties: [
      'Application_Type',
      'WorkspaceResourceId',
      'DisableLocalAuth',
      'IngestionMode',
      'publicNetworkAccessForIngestion',
      'publicNetworkAccessForQuery',
    ],
    required: ['Application_Type', 'DisableLocalAuth'],
  },
  'Microsoft.Storage/storageAccounts': {
    apiVersion: '2025-06-01',
    members: [...LOCATED, 'sku', 'kind'],
    properties: [
      'allowSharedKeyAccess',
      'allowBlobPublicAccess',
      'allowCrossTenantReplication',
      'allowedCopyScope',
      'isLocalUserEnabled',
      'encryption',
      'defaultToOAuthAuthentication',
      'minimumTlsVersion',
      'supportsHttpsTrafficOnly',
      'publicNetworkAccess',
      'networkAcls',
    ],
    required: ['allowSharedKeyAccess', 'allowBlobPublicAccess', 'minimumTlsVersion'],
  },
  'Microsoft.Storage/storageAccounts/blobServices': {
    apiVersion: '2025-06-01',
    properties: ['deleteRetentionPolicy', 'containerDeleteRetentionPolicy', 'isVersioningEnabled'],
  },
  'Microsoft.Storage/storageAccounts/blobServices/containers': {
    apiVersion: '2025-06-01',
    properties: ['publicAccess'],
    required: ['publicAccess'],
  },
  'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies': {
    apiVersion: '2025-06-01',
    properties: ['immutabilityPeriodSinceCreationInDays', 'allowProtectedAppendWrites'],
    required: ['immutabilityPeriodSinceCreationInDays'],
  },
  'Microsoft.Storage/storageAccounts/managementPolicies': {
    apiVersion: '2025-06-01',
    properties: ['policy'],
    required: ['policy'],
  },
  'Microsoft.KeyVault/vaults': {
    apiVersion: '2025-05-01',
    members: LOCATED,
    properties: [
      'tenantId',
      'sku',
      'enableRbacAuthorization',
      'enablePurgeProtection',
      'enableSoftDelete',
      'softDeleteRetentionInDays',
      'publicNetworkAccess',
      'networkAcls',
    ],
    required: ['tenantId', 'sku', 'enableRbacAuthorization', 'enablePurgeProtection'],
  },
  'Microsoft.ServiceBus/namespaces': {
    apiVersion: '2024-01-01',
    members: [...LOCATED, 'sku'],
    properties: ['disableLocalAuth', 'minimumTlsVersion', 'publicNetworkAccess', 'zoneRedundant'],
    required: ['disableLocalAuth', 'minimumTlsVersion'],
  },
  'Microsoft.ServiceBus/namespaces/queues': {
    apiVersion: '2024-01-01',
    properties: [
      'lockDuration',
      'maxDeliveryCount',
      'defaultMessageTimeToLive',
      'deadLetteringOnMessageExpiration',
      'requiresDuplicateDetection',
      'duplicateDetectionHistoryTimeWindow',
    ],
  },
  'Microsoft.DocumentDB/databaseAccounts': {
    apiVersion: '2025-10-15',
    members: [...LOCATED, 'kind'],
    properties: [
      'databaseAccountOfferType',
      'locations',
      'consistencyPolicy',
      'disableLocalAuth',
      'disableKeyBasedMetadataWriteAccess',
      'minimalTlsVersion',
      'publicNetworkAccess',
      'backupPolicy',
      'capabilities',
    ],
    required: ['locations', 'disableLocalAuth', 'minimalTlsVersion'],
  },
  'Microsoft.DocumentDB/databaseAccounts/sqlDatabases': {
    apiVersion: '2025-10-15',
    properties: ['resource', 'options'],
    required: ['resource'],
  },
  'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers': {
    apiVersion: '2025-10-15',
    properties: ['resource', 'options'],
    required: ['resource'],
  },
  'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments': {
    apiVersion: '2025-10-15',
    properties: ['roleDefinitionId', 'principalId', 'scope'],
    required: ['roleDefinitionId', 'principalId', 'scope'],
  },
  'Microsoft.Web/serverfarms': {
    apiVersion: '2025-03-01',
    members: [...LOCATED, 'sku', 'kind'],
    properties: ['reserved', 'zoneRedundant'],
    required: ['reserved'],
  },
  'Microsoft.Web/sites': {
    apiVersion: '2025-03-01',
    members: [...LOCATED, 'kind', 'identity'],
    properties: [
      'serverFarmId',
      'httpsOnly',
      'publicNetworkAccess',
      'virtualNetworkSubnetId',
      'keyVaultReferenceIdentity',
      'functionAppConfig',
      'siteConfig',
    ],
    required: ['serverFarmId', 'httpsOnly', 'functionAppConfig', 'siteConfig'],
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': {
    apiVersion: '2025-03-01',
    properties: ['allow'],
    required: ['allow'],
  },
  'Microsoft.Authorization/roleAssignments': {
    apiVersion: '2022-04-01',
    properties: ['roleDefinitionId', 'principalId', 'principalType', 'description'],
    required: ['roleDefinitionId', 'principalId', 'principalType'],
  },
  'Microsoft.Authorization/locks': {
    apiVersion: '2020-05-01',
    properties: ['level', 'notes'],
    required: ['level'],
  },
  'Microsoft.Insights/diagnosticSettings': {
    apiVersion: '2021-05-01-preview',
    properties: ['workspaceId', 'logs', 'metrics'],
    required: ['workspaceId'],
  },
  'Microsoft.Insights/actionGroups': {
    apiVersion: '2023-01-01',
    members: LOCATED,
    properties: ['groupShortName', 'enabled', 'emailReceivers'],
    required: ['groupShortName', 'enabled'],
  },
  'Microsoft.Insights/metricAlerts': {
    apiVersion: '2018-03-01',
    members: LOCATED,
    properties: [
      'description',
      'severity',
      'enabled',
      'scopes',
      'evaluationFrequency',
      'windowSize',
      'criteria',
      'actions',
      'autoMitigate',
    ],
    required: ['criteria', 'scopes', 'severity'],
  },
  'Microsoft.Insights/scheduledQueryRules': {
    apiVersion: '2023-12-01',
    members: LOCATED,
    properties: [
      'displayName',
      'description',
      'severity',
      'enabled',
      'scopes',
      'evaluationFrequency',
      'windowSize',
      'criteria',
      'actions',
      'autoMitigate',
      'skipQueryValidation',
    ],
    required: ['criteria', 'scopes', 'severity', 'skipQueryValidation'],
  },
  'Microsoft.Insights/webtests': {
    apiVersion: '2022-06-15',
    members: [...LOCATED, 'kind'],
    properties: [
      'SyntheticMonitorId',
      'Name',
      'Description',
      'Enabled',
      'Frequency',
      'Timeout',
      'Kind',
      'RetryEnabled',
      'Locations',
      'Request',
      'ValidationRules',
    ],
    required: ['SyntheticMonitorId', 'Name', 'Kind', 'Locations'],
  },
  'Microsoft.Insights/workbooks': {
    apiVersion: '2023-06-01',
    members: [...LOCATED, 'kind'],
    properties: ['displayName', 'category', 'serializedData', 'sourceId'],
    required: ['displayName', 'category', 'serializedData'],
  },
  'Microsoft.Network/networkSecurityGroups': {
    apiVersion: '2025-05-01',
    members: LOCATED,
    properties: ['securityRules'],
  },
  'Microsoft.Network/virtualNetworks': {
    apiVersion: '2025-05-01',
    members: LOCATED,
    properties: ['addressSpace', 'subnets'],
    required: ['addressSpace'],
  },
  'Microsoft.Network/privateEndpoints': {
    apiVersion: '2025-05-01',
    members: LOCATED,
    properties: ['subnet', 'privateLinkServiceConnections'],
    required: ['subnet', 'privateLinkServiceConnections'],
  },
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': {
    apiVersion: '2025-05-01',
    properties: ['privateDnsZoneConfigs'],
    required: ['privateDnsZoneConfigs'],
  },
  'Microsoft.Network/privateDnsZones': { apiVersion: '2020-06-01', members: LOCATED },
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': {
    apiVersion: '2020-06-01',
    members: LOCATED,
    properties: ['registrationEnabled', 'virtualNetwork'],
    required: ['virtualNetwork'],
  },
};

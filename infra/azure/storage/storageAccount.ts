import { Construct } from 'constructs';
import { AzureResource, HERE } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import type { StageConfiguration } from '../stageConfiguration.ts';

/** A storage account for blobs, without access keys. */
export class StorageAccount extends Construct {
  readonly account: ArmResource;
  readonly blobs: ArmResource;

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id);
    this.account = new AzureResource(this, 'account', {
      type: 'Microsoft.Storage/storageAccounts',
      name,
      body: {
        location: HERE,
        kind: 'StorageV2',
        sku: { name: stage.isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' },
        properties: toAccountProperties(stage),
      },
    });
    this.blobs = new AzureResource(this, 'blobs', {
      type: 'Microsoft.Storage/storageAccounts/blobServices',
      name: 'default',
      parent: this.account,
      body: {
        properties: {
          isVersioningEnabled: true,
          deleteRetentionPolicy: { enabled: true, days: stage.softDeleteRetentionInDays },
          containerDeleteRetentionPolicy: { enabled: true, days: stage.softDeleteRetentionInDays },
        },
      },
    });
  }

  addContainer(name: string): ArmResource {
    return new AzureResource(this, name, {
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
      name,
      parent: this.blobs,
      body: { properties: { publicAccess: 'None' } },
    });
  }

  /** Deletes blobs by rules of a lifecycle. */
  addRetention(rules: readonly object[]): void {
    new AzureResource(this, 'retention', {
      type: 'Microsoft.Storage/storageAccounts/managementPolicies',
      name: 'default',
      parent: this.account,
      after: [this.blobs],
      body: { properties: { policy: { rules } } },
    });
  }
}

function toAccountProperties({ isPrivate }: StageConfiguration): object {
  return {
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: 'AAD',
    isLocalUserEnabled: false,
    defaultToOAuthAuthentication: true,
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
    // Azure sets these when it creates the account, and never changes them.
    encryption: {
      keySource: 'Microsoft.Storage',
      requireInfrastructureEncryption: true,
      services: {
        blob: { enabled: true, keyType: 'Account' },
        file: { enabled: true, keyType: 'Account' },
        queue: { enabled: true, keyType: 'Account' },
        table: { enabled: true, keyType: 'Account' },
      },
    },
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled',
    // As in Microsoft's samples for Flex Consumption (Azure-Samples, functions-quickstart-javascript-azd).
    networkAcls: isPrivate
      ? { defaultAction: 'Deny', bypass: 'None' }
      : { defaultAction: 'Allow', bypass: 'AzureServices' },
  };
}

const BLOB_TYPES = ['blockBlob', 'appendBlob'] as const;

/** A rule that deletes the blobs of a container after so many days without a change. */
export function forget(container: string, days: number): object {
  return {
    name: 'forget',
    enabled: true,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: BLOB_TYPES, prefixMatch: [`${container}/`] },
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
    },
  };
}

/** A rule that deletes what a write or a deletion replaced, for example an earlier package. */
export function forgetVersions(days: number): object {
  return {
    name: 'forgetVersions',
    enabled: true,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: BLOB_TYPES },
      actions: { version: { delete: { daysAfterCreationGreaterThan: days } } },
    },
  };
}

import { Construct } from 'constructs';
import {
  BLOB_CONTAINER_NAMES,
  BLOB_RETENTION_IN_DAYS,
  DECISIONS_CONTAINER_NAME,
  QUARANTINE_CONTAINER_NAME,
} from '../../shared/resources.ts';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** The container of the package that the app runs. */
export const PACKAGE_CONTAINER_NAME = 'package';

/** Storage of the runtime, the package, the quarantine and the decision log; without access keys. */
export class BlobStorage extends Construct {
  readonly account: ArmResource;
  readonly blobs: ArmResource;
  readonly packages: ArmResource;

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id);
    this.account = new AzureResource(this, 'account', {
      type: 'Microsoft.Storage/storageAccounts',
      name,
      body: {
        location: HERE,
        kind: 'StorageV2',
        sku: { name: stage.isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' },
        properties: {
          allowSharedKeyAccess: false,
          allowBlobPublicAccess: false,
          allowCrossTenantReplication: false,
          defaultToOAuthAuthentication: true,
          minimumTlsVersion: 'TLS1_2',
          supportsHttpsTrafficOnly: true,
          publicNetworkAccess: stage.isPrivate ? 'Disabled' : 'Enabled',
        },
      },
    });
    this.blobs = new AzureResource(this, 'blobs', {
      type: 'Microsoft.Storage/storageAccounts/blobServices',
      name: 'default',
      parent: this.account,
      body: {
        properties: {
          deleteRetentionPolicy: { enabled: true, days: stage.softDeleteRetentionInDays },
          containerDeleteRetentionPolicy: { enabled: true, days: stage.softDeleteRetentionInDays },
        },
      },
    });
    for (const container of BLOB_CONTAINER_NAMES) this.addContainer(container);
    this.packages = this.addContainer(PACKAGE_CONTAINER_NAME);
    new AzureResource(this, 'retention', {
      type: 'Microsoft.Storage/storageAccounts/managementPolicies',
      name: 'default',
      parent: this.account,
      body: { properties: { policy: { rules: [toRetentionRule()] } } },
    });
  }

  private addContainer(name: string): ArmResource {
    return new AzureResource(this, name, {
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
      name,
      parent: this.blobs,
      body: { properties: { publicAccess: 'None' } },
    });
  }
}

function toRetentionRule(): object {
  return {
    name: 'forget',
    enabled: true,
    type: 'Lifecycle',
    definition: {
      filters: {
        blobTypes: ['blockBlob', 'appendBlob'],
        prefixMatch: [`${QUARANTINE_CONTAINER_NAME}/`, `${DECISIONS_CONTAINER_NAME}/`],
      },
      actions: {
        baseBlob: { delete: { daysAfterModificationGreaterThan: BLOB_RETENTION_IN_DAYS } },
      },
    },
  };
}

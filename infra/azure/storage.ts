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
/**
 * The containers of the Functions host: its leases and schedules, and its keys. It creates them if they are missing, which
 * would need a role on the whole account (Azure/azure-functions-host: `ScriptConstants.AzureWebJobsHostsContainerName`,
 * `BlobStorageSecretsRepository`).
 */
const HOST_CONTAINER_NAMES = ['azure-webjobs-hosts', 'azure-webjobs-secrets'] as const;

/** Storage of the runtime, the package, the quarantine and the decision log; without access keys. */
export class BlobStorage extends Construct {
  readonly account: ArmResource;
  readonly blobs: ArmResource;
  /** The containers of the Functions host. */
  readonly hostContainers: readonly ArmResource[];
  /** The containers of the code: quarantine and decision log. */
  readonly dataContainers: readonly ArmResource[];
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
    this.dataContainers = BLOB_CONTAINER_NAMES.map((container) => this.addContainer(container));
    this.packages = this.addContainer(PACKAGE_CONTAINER_NAME);
    this.hostContainers = HOST_CONTAINER_NAMES.map((container) => this.addContainer(container));
    if (stage.isLocked) this.protectDecisions();
    const rules = [toRetentionRule(), toVersionRule(stage.softDeleteRetentionInDays)];
    new AzureResource(this, 'retention', {
      type: 'Microsoft.Storage/storageAccounts/managementPolicies',
      name: 'default',
      parent: this.account,
      body: { properties: { policy: { rules } } },
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

  /**
   * Nobody, the app included, can change or delete a logged decision within its retention; lines can be appended. Only who
   * manages the account can remove the policy.
   * (learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview, protected append writes)
   */
  private protectDecisions(): void {
    const decisions = this.node.findChild(DECISIONS_CONTAINER_NAME) as ArmResource;
    new AzureResource(decisions, 'immutability', {
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies',
      name: 'default',
      parent: decisions,
      body: {
        properties: {
          immutabilityPeriodSinceCreationInDays: BLOB_RETENTION_IN_DAYS,
          allowProtectedAppendWrites: true,
        },
      },
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

/** Deletes what a write or a deletion replaced, for example an earlier package. */
function toVersionRule(days: number): object {
  return {
    name: 'forgetVersions',
    enabled: true,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: ['blockBlob', 'appendBlob'] },
      actions: { version: { delete: { daysAfterCreationGreaterThan: days } } },
    },
  };
}

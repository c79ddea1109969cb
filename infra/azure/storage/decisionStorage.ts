import type { Construct } from 'constructs';
import { BLOB_RETENTION_IN_DAYS, DECISIONS_CONTAINER_NAME } from '../../../shared/resources.ts';
import { AzureResource } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import type { StageConfiguration } from '../stageConfiguration.ts';
import { forget, forgetVersions, StorageAccount } from './storageAccount.ts';

/**
 * Storage of the decision log alone, so that whoever manages the runtime's storage does not thereby manage the log, and
 * the log can have a policy, a key or an owner of its own.
 */
export class DecisionStorage extends StorageAccount {
  readonly decisions: ArmResource;

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id, name, stage);
    this.decisions = this.addContainer(DECISIONS_CONTAINER_NAME);
    this.addRetention([
      forget(DECISIONS_CONTAINER_NAME, BLOB_RETENTION_IN_DAYS),
      forgetVersions(stage.softDeleteRetentionInDays),
    ]);
    if (stage.isLocked) this.protect();
  }

  /**
   * Nobody, the app included, can change or delete a logged decision within its retention; lines can be appended. Only who
   * manages the account can remove the policy.
   * (learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview, protected append writes)
   */
  private protect(): void {
    new AzureResource(this.decisions, 'immutability', {
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies',
      name: 'default',
      parent: this.decisions,
      body: {
        properties: {
          immutabilityPeriodSinceCreationInDays: BLOB_RETENTION_IN_DAYS,
          allowProtectedAppendWrites: true,
        },
      },
    });
  }
}

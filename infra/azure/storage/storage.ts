import type { Construct } from 'constructs';
import { BLOB_RETENTION_IN_DAYS, QUARANTINE_CONTAINER_NAME } from '../../../shared/resources.ts';
import type { ArmResource } from '../engine/armResource.ts';
import type { StageConfiguration } from '../stageConfiguration.ts';
import { forget, forgetVersions, StorageAccount } from './storageAccount.ts';

/** The container of the package that the app runs. */
export const PACKAGE_CONTAINER_NAME = 'package';
/**
 * The containers of the Functions host: its leases and schedules, and its keys. It creates them if they are missing, which
 * would need a role on the whole account (Azure/azure-functions-host: `ScriptConstants.AzureWebJobsHostsContainerName`,
 * `BlobStorageSecretsRepository`).
 */
const HOST_CONTAINER_NAMES = ['azure-webjobs-hosts', 'azure-webjobs-secrets'] as const;

/** Storage of the runtime, the package and the quarantine. */
export class BlobStorage extends StorageAccount {
  /** The containers of the Functions host. */
  readonly hostContainers: readonly ArmResource[];
  readonly quarantine: ArmResource;
  readonly packages: ArmResource;

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id, name, stage);
    this.quarantine = this.addContainer(QUARANTINE_CONTAINER_NAME);
    this.packages = this.addContainer(PACKAGE_CONTAINER_NAME);
    this.hostContainers = HOST_CONTAINER_NAMES.map((container) => this.addContainer(container));
    this.addRetention([
      forget(QUARANTINE_CONTAINER_NAME, BLOB_RETENTION_IN_DAYS),
      forgetVersions(stage.softDeleteRetentionInDays),
    ]);
  }
}

import type { Construct } from 'constructs';
import { CosmosDb } from './cosmosDb.ts';
import { DecisionStorage } from './storage/decisionStorage.ts';
import type { ArmResource } from './engine/armResource.ts';
import { Vault } from './keyVault.ts';
import { ServiceBus } from './serviceBus.ts';
import type { StackParameters } from './stackParameters.ts';
import type { StageConfiguration } from './stageConfiguration.ts';
import { BlobStorage } from './storage/storage.ts';

/** What the app stores, sends and reads. */
export interface Services {
  readonly storage: BlobStorage;
  readonly decisionStorage: DecisionStorage;
  readonly serviceBus: ServiceBus;
  readonly cosmosDb: CosmosDb;
  readonly vault: Vault;
}

export interface ServiceNames {
  /** `mtd-{stage}-{suffix}` */
  readonly base: string;
  /** Globally unique, and always the same in one resource group. */
  readonly suffix: string;
}

/** Adds the services to the stack. */
export function addServices(
  scope: Construct,
  { base, suffix }: ServiceNames,
  { databaseAccount, zones }: StackParameters,
  stage: StageConfiguration,
): Services {
  return {
    storage: new BlobStorage(scope, 'storage', `mtd${stage.stage}${suffix}`, stage),
    decisionStorage: new DecisionStorage(
      scope,
      'decisionStorage',
      `mtd${stage.stage}log${suffix}`,
      stage,
    ),
    serviceBus: new ServiceBus(scope, 'serviceBus', `${base}-bus`, stage),
    cosmosDb: new CosmosDb(scope, 'cosmosDb', {
      name: `${base}-db`,
      restored: databaseAccount,
      zoneRedundant: zones?.databaseZoneRedundant,
      stage,
    }),
    vault: new Vault(scope, 'keyVault', base, stage),
  };
}

/** The resources with data that cannot be made again. */
export function lockedOf(services: Services): readonly ArmResource[] {
  const { storage, decisionStorage, serviceBus, cosmosDb, vault } = services;
  return [
    storage.account,
    decisionStorage.account,
    serviceBus.namespace,
    cosmosDb.account,
    vault.vault,
  ];
}

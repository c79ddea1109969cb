/** The differences between the stages. */
export interface StageConfiguration {
  readonly stage: 'dev' | 'prod';
  /** Spreads plan, storage, database and queues over the zones of the region. */
  readonly isZoneRedundant: boolean;
  /** Locks resources against deletion. */
  readonly isLocked: boolean;
  /** Private endpoints and DNS in a network of its own; only the API stays public. */
  readonly isPrivate: boolean;
  /** Writes the role assignments. If false, somebody else assigns the roles that infra/deploy/README.md lists. */
  readonly assignsRoles: boolean;
  /** Lets the Functions scaler read the queue lengths, which needs the right to manage the queues. */
  readonly scalesByQueueLength: boolean;
  readonly maximumInstanceCount: number;
  /** Instances that answer HTTP without a cold start. */
  readonly alwaysReadyInstances: number;
  readonly logRetentionInDays: number;
  readonly softDeleteRetentionInDays: number;
}

const DEV: StageConfiguration = {
  stage: 'dev',
  isZoneRedundant: false,
  isLocked: false,
  isPrivate: false,
  assignsRoles: true,
  scalesByQueueLength: false,
  maximumInstanceCount: 40,
  alwaysReadyInstances: 0,
  logRetentionInDays: 30,
  softDeleteRetentionInDays: 7,
};

const PROD: StageConfiguration = {
  stage: 'prod',
  isZoneRedundant: true,
  isLocked: true,
  isPrivate: true,
  assignsRoles: true,
  scalesByQueueLength: false,
  maximumInstanceCount: 100,
  // A cold start takes longer than Entra (1 s) and Envoy (200 ms) wait.
  alwaysReadyInstances: 2,
  logRetentionInDays: 90,
  softDeleteRetentionInDays: 90,
};

export const STAGES: readonly StageConfiguration[] = [DEV, PROD];

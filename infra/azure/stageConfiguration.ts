/** What differs between the stages; everything else is the same. */
export interface StageConfiguration {
  readonly stage: 'dev' | 'prod';
  /** Across the zones of the region: plan, storage, database and queues. */
  readonly isZoneRedundant: boolean;
  /** Whether resources are locked against deletion. */
  readonly isLocked: boolean;
  /** Only from within a network of its own: private endpoints, DNS, and no public door but the API. */
  readonly isPrivate: boolean;
  /** Whoever deploys may write role assignments; where not, somebody else writes those of the README. */
  readonly assignsRoles: boolean;
  /** The Functions scaler reads the length of the queues, which takes the right to manage them. */
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
  // Entra waits for a second, Envoy for 150 ms: a cold start takes longer.
  alwaysReadyInstances: 2,
  logRetentionInDays: 90,
  softDeleteRetentionInDays: 90,
};

export const STAGES: readonly StageConfiguration[] = [DEV, PROD];

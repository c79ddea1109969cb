/** The differences between the stages. */
export interface StageConfiguration {
  readonly stage: 'dev' | 'prod';
  /** Spreads plan, storage, database and queues over the zones of the region. */
  readonly isZoneRedundant: boolean;
  /** Locks resources against deletion. */
  readonly isLocked: boolean;
  /** Private endpoints in a network of its own or an existing one. Parameters decide whether the API is private too. */
  readonly isPrivate: boolean;
  /** Writes the role assignments. If false, somebody else assigns the roles that infra/deploy/README.md lists. */
  readonly assignsRoles: boolean;
  /** Lets the Functions scaler read the queue lengths, which needs the right to manage the queues. */
  readonly scalesByQueueLength: boolean;
  readonly maximumInstanceCount: number;
  /** Requests that an instance answers at once. */
  readonly requestsAtOnce: number;
  /** Instances that answer HTTP without a cold start. */
  readonly alwaysReadyInstances: number;
  readonly logRetentionInDays: number;
  readonly softDeleteRetentionInDays: number;
}

/**
 * Flex Consumption's default for 2 GB is 16, and a long poll of 20 seconds holds a place beside decisions of a millisecond
 * (learn.microsoft.com/azure/azure-functions/functions-concurrency, HTTP trigger concurrency).
 */
const REQUESTS_AT_ONCE = 100;

const DEV: StageConfiguration = {
  stage: 'dev',
  isZoneRedundant: false,
  isLocked: false,
  isPrivate: false,
  assignsRoles: true,
  scalesByQueueLength: false,
  maximumInstanceCount: 40,
  requestsAtOnce: REQUESTS_AT_ONCE,
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
  // Else the scaler sees only how old the first message is, and a backlog drains slowly
  // (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling, Service Bus).
  scalesByQueueLength: true,
  maximumInstanceCount: 100,
  requestsAtOnce: REQUESTS_AT_ONCE,
  // A cold start takes longer than Entra (1 s) and Envoy (200 ms) wait.
  alwaysReadyInstances: 2,
  logRetentionInDays: 90,
  softDeleteRetentionInDays: 90,
};

export const STAGES: readonly StageConfiguration[] = [DEV, PROD];

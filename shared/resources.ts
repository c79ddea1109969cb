/**
 * The names and shapes of everything the connector keeps outside itself.
 * The code, the local parts and the deployment all read them here, so that they cannot drift apart.
 */

export const DATABASE_NAME = 'mtd';

/** A Cosmos DB container as the resource provider wants it (API version 2024-05-15 and the SDK's `ContainerDefinition`). */
export interface ContainerShape {
  readonly id: string;
  readonly partitionKey: {
    readonly paths: readonly [string];
    readonly kind: 'Hash';
    readonly version: 2;
  };
  /** Seconds; -1 keeps items without a `ttl` of their own for ever; absent switches TTL off. */
  readonly defaultTtl?: number;
  readonly indexingPolicy: {
    readonly indexingMode: 'consistent';
    readonly automatic: true;
    readonly includedPaths: readonly { readonly path: string }[];
    readonly excludedPaths: readonly { readonly path: string }[];
    readonly compositeIndexes?: readonly (readonly {
      readonly path: string;
      readonly order: 'ascending' | 'descending';
    }[])[];
  };
}

const partitionedBy = (path: string): ContainerShape['partitionKey'] => ({
  paths: [path],
  kind: 'Hash',
  version: 2,
});

/**
 * One bounded document a device. Each index makes every write dearer, so only what the sweep and the lists
 * query is indexed.
 */
export const DEVICES_CONTAINER: ContainerShape = {
  id: 'devices',
  partitionKey: partitionedBy('/deviceId'),
  // Devices stay; what arrived for a device that is not enrolled carries a `ttl` of its own.
  defaultTtl: -1,
  indexingPolicy: {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [
      { path: '/sweepDueDateTime/?' },
      { path: '/silenceDueDateTime/?' },
      { path: '/publicationDueDateTime/?' },
      { path: '/deviceId/?' },
      { path: '/isManaged/?' },
      { path: '/complianceState/?' },
      { path: '/operatingSystem/?' },
      { path: '/userPrincipalName/?' },
    ],
    excludedPaths: [{ path: '/*' }],
  },
};

/** Settings, connector and policies: a few small documents, read through a short cache. */
export const CONFIGURATION_CONTAINER: ContainerShape = {
  id: 'configuration',
  partitionKey: partitionedBy('/kind'),
  indexingPolicy: {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [{ path: '/kind/?' }],
    excludedPaths: [{ path: '/*' }],
  },
};

const NINETY_DAYS_IN_SECONDS = 90 * 24 * 60 * 60;

/** What happened, by whom it is about: who changed the configuration is kept there. */
export const EVENTS_CONTAINER: ContainerShape = {
  id: 'events',
  partitionKey: partitionedBy('/deviceId'),
  defaultTtl: NINETY_DAYS_IN_SECONDS,
  indexingPolicy: {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [{ path: '/recordedDateTime/?' }],
    excludedPaths: [{ path: '/*' }],
  },
};

export const CONTAINERS: readonly ContainerShape[] = [
  DEVICES_CONTAINER,
  CONFIGURATION_CONTAINER,
  EVENTS_CONTAINER,
];

/** A Service Bus queue; durations are ISO 8601, as the resource provider writes them. */
export interface QueueShape {
  readonly name: string;
  readonly lockDuration: string;
  readonly maxDeliveryCount: number;
  readonly defaultMessageTimeToLive: string;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionHistoryTimeWindow: string;
}

/**
 * What arrived and is not yet in a device. No sessions: merging is order-free. No duplicate detection: partners
 * repeat themselves for days, longer than any window, and merging is idempotent.
 */
export const DEVICE_SIGNALS_QUEUE: QueueShape = {
  name: 'device-signals',
  lockDuration: 'PT1M',
  maxDeliveryCount: 10,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};

/** Transitions on their way to whoever must be told. */
export const COMPLIANCE_CHANGES_QUEUE: QueueShape = {
  name: 'compliance-changes',
  lockDuration: 'PT1M',
  maxDeliveryCount: 10,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};

export const QUEUES: readonly QueueShape[] = [DEVICE_SIGNALS_QUEUE, COMPLIANCE_CHANGES_QUEUE];

/** Blob container for what was rejected, raw, so that it can be looked at and sent again. */
export const QUARANTINE_CONTAINER_NAME = 'quarantine';

/** Blob container of the decision log: a blob a minute and process, a line a decision. */
export const DECISIONS_CONTAINER_NAME = 'decisions';

export const BLOB_CONTAINER_NAMES: readonly string[] = [
  QUARANTINE_CONTAINER_NAME,
  DECISIONS_CONTAINER_NAME,
];

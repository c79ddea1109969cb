/**
 * The names and shapes of the containers and queues.
 * The code, the local stand-ins and the deployment all read them here, so they cannot drift apart.
 */

export const DATABASE_NAME = 'mtd';

/**
 * A Cosmos DB container, as the resource provider (API version 2024-05-15) and the SDK's `ContainerDefinition` define
 * it.
 */
export interface ContainerShape {
  readonly id: string;
  readonly partitionKey: {
    readonly paths: readonly [string];
    readonly kind: 'Hash';
    readonly version: 2;
  };
  /** Seconds. With -1, items without their own `ttl` never expire. If absent, TTL is off. */
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
 * One bounded document for each device. Every index makes writes dearer, so only fields that the sweep and the lists
 * query are indexed.
 */
export const DEVICES_CONTAINER: ContainerShape = {
  id: 'devices',
  partitionKey: partitionedBy('/deviceId'),
  // Enrolled devices never expire. Records of unenrolled devices carry their own `ttl`.
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

/** Settings, connector and policies: a few small documents, read through a cache of a few seconds. */
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

/** The audit log, the delivery log, the event streams' mailbox and NAC lists; the partition key names the subject. */
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
 * The longest that Service Bus has (learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement).
 * The locks of a batch are not renewed, so a batch has to end within it. Other workers get the messages of a worker that
 * died only after it.
 */
const LOCK_DURATION = 'PT5M';
/**
 * Outlasts a night with a fault of the configuration, which fails every batch: such a delivery takes a minute, so a thousand
 * take 16 hours. The tries of one message are counted in its body. The price: a message that ended its worker each time
 * would do so for days, since its lock lasts five minutes.
 */
const MAX_DELIVERY_COUNT = 1000;

/**
 * Signals that are not in a device record yet. No sessions: the order of merging does not matter. No duplicate
 * detection: partners repeat events for days, longer than any window, and merging is idempotent.
 */
export const DEVICE_SIGNALS_QUEUE: QueueShape = {
  name: 'device-signals',
  lockDuration: LOCK_DURATION,
  maxDeliveryCount: MAX_DELIVERY_COUNT,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};

/** Announcements on their way to the targets. */
export const COMPLIANCE_CHANGES_QUEUE: QueueShape = {
  name: 'compliance-changes',
  lockDuration: LOCK_DURATION,
  maxDeliveryCount: MAX_DELIVERY_COUNT,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};

export const QUEUES: readonly QueueShape[] = [DEVICE_SIGNALS_QUEUE, COMPLIANCE_CHANGES_QUEUE];

/** Blob container for rejected requests, raw, so an operator can inspect and replay them. */
export const QUARANTINE_CONTAINER_NAME = 'quarantine';

/** Blob container of the decision log: one blob for each minute and process, one line for each decision. */
export const DECISIONS_CONTAINER_NAME = 'decisions';

/** How long the quarantine and the decision log are kept. Storage deletes older blobs. */
export const BLOB_RETENTION_IN_DAYS = 90;

export const BLOB_CONTAINER_NAMES: readonly string[] = [
  QUARANTINE_CONTAINER_NAME,
  DECISIONS_CONTAINER_NAME,
];

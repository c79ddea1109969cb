/**
 * Prices and limits of the platform. Public list prices in US dollars, pay as you go, East US, as they were read on
 * 25 November 2026; yours differ by region and agreement.
 */
export const PLATFORM = {
  readDate: '2026-11-25',
  secondsAMonth: 730 * 3600,
  /** Cosmos DB, provisioned throughput of one region. */
  dollarsPer100RequestUnitsAnHour: 0.008,
  dollarsPerGigabyteAMonth: 0.25,
  requestUnitsAPartition: 10_000,
  gigabytesAPartition: 50,
  /** Service Bus standard: an operation is a send or a receive of up to 64 KB. */
  standardDollarsAMonth: 10,
  standardIncludedOperations: 13e6,
  standardDollarsPerMillionOperations: 0.8,
  standardCreditsASecond: 1000,
  /** Service Bus premium. */
  premiumDollarsAnHour: 0.928,
  premiumBytesASecond: 4e6,
  premiumMaximumUnits: 16,
  /** Functions, Flex Consumption, on demand: an instance of 2 GB has one core. */
  dollarsPerGigabyteSecond: 0.000026,
  dollarsPerMillionExecutions: 0.4,
  gigabytesAnInstance: 2,
  minimumSecondsAnExecution: 1,
  /** The usual quota of a subscription in a region. */
  quotaOfInstances: 250,
  maximumInstancesAnApp: 1000,
} as const;

/**
 * What the code asks of the platform. The operations are counted by tests/infra/capacity; the milliseconds are the
 * processor's, by `npm run bench`, the clients of the platform included.
 */
export const COSTS = {
  readsASignal: 1,
  writesAnEvent: 1,
  /** The empty outbox, and the publication that was read first. */
  writesATransition: 2,
  readsATransition: 1,
  readsADecision: 1,
  millisecondsARequest: 0.9,
  millisecondsAnEventOfARequest: 0.011,
  millisecondsASignal: 0.05,
  millisecondsADatabaseCall: 0.4,
  millisecondsADecision: 1,
  millisecondsATransition: 2,
  bytesASignal: 420,
  bytesADevice: 2048,
  indexedPaths: 8,
  /** No processor is planned to be busier. */
  utilization: 0.6,
  /** How much more comes in the busiest hour than on the average. */
  peak: 2,
} as const;

/**
 * Prices and limits of the platform. Public list prices in US dollars, pay as you go, East US, as they were noted on
 * 25 November 2026; yours differ by region and agreement.
 */
export const PLATFORM = {
  notedDate: '2026-11-25',
  secondsAMonth: 730 * 3600,
  /** Cosmos DB, autoscale: for the busiest second of each hour. */
  dollarsPer100RequestUnitsAnHour: 0.012,
  dollarsPerGigabyteAMonth: 0.25,
  requestUnitsAPartition: 10_000,
  gigabytesAPartition: 50,
  /** Autoscale never bills less than this share of its maximum. */
  leastShareOfThroughput: 0.1,
  /** Service Bus premium. */
  dollarsAnUnitHour: 0.928,
  bytesAnUnitSecond: 4e6,
  unitSizes: [1, 2, 4, 8, 16],
  /** Functions, Flex Consumption. */
  dollarsPerGigabyteSecond: 0.000026,
  dollarsPerReadyGigabyteSecond: 0.000004,
  dollarsPerMillionExecutions: 0.4,
  gigabytesAnInstance: 2,
  minimumSecondsAnExecution: 1,
  /** The usual quota of a subscription in a region: an instance of 2 GB has one core. */
  quotaOfCores: 250,
  /** Application Insights, by what is taken in. */
  dollarsPerTelemetryGigabyte: 2.3,
} as const;

/** What the production stage of `npm run deploy` sets, each to be raised there. */
export const SETTINGS = {
  maximumRequestUnitsASecond: 10_000,
  maximumInstances: 100,
  alwaysReadyInstances: 2,
} as const;

/**
 * What the code asks of the platform. Operations are counted by tests/infra/capacity. Milliseconds are the processor's:
 * those of a request, an event and a signal by `npm run bench`; the others are estimates, a call of the database after
 * what a call of the local one costs its client. Request units are estimates until somebody has a bill.
 */
export const COSTS = {
  readsASignal: 1,
  writesAnEvent: 1,
  /** The empty outbox, and the publication that was read first. */
  writesATransition: 2,
  readsATransition: 1,
  readsADecision: 1,
  requestUnitsARead: 1.2,
  requestUnitsAWrite: 18,
  millisecondsARequest: 0.9,
  millisecondsAnEventOfARequest: 0.011,
  millisecondsASignal: 0.05,
  millisecondsADatabaseCall: 0.4,
  millisecondsADecision: 1,
  millisecondsATransition: 2,
  bytesASignal: 420,
  /** Headers and properties. */
  bytesAMessage: 300,
  bytesADevice: 2048,
  /** An execution is a record, up to so many a second and instance, as `host.json` has it. */
  bytesARecord: 1000,
  recordsAnInstanceSecond: 20,
  /** No processor is planned to be busier. */
  utilization: 0.6,
  /** How much more comes in the busiest hour than on the average. */
  peak: 2,
} as const;

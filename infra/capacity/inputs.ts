/**
 * Prices and limits of the platform: public list prices in US dollars, pay as you go, East US, noted on 25 November 2026.
 * Yours differ by region and agreement.
 */
export const PLATFORM = {
  notedDate: '2026-11-25',
  secondsAMonth: 730 * 3600,
  /** Cosmos DB autoscale bills the busiest second of each hour. */
  dollarsPer100RequestUnitsAnHour: 0.012,
  dollarsPerGigabyteAMonth: 0.25,
  requestUnitsAPartition: 10_000,
  gigabytesAPartition: 50,
  /** Autoscale bills at least this share of its maximum. */
  leastShareOfThroughput: 0.1,
  /** Service Bus premium. */
  dollarsAnUnitHour: 0.928,
  bytesAnUnitSecond: 4e6,
  unitSizes: [1, 2, 4, 8, 16],
  /** Functions, Flex Consumption. */
  dollarsPerGigabyteSecond: 0.000026,
  dollarsPerReadyGigabyteSecond: 0.000004,
  /**
   * A plan over several zones keeps so many instances ready for each group of functions that scale together, and bills them
   * (learn.microsoft.com/azure/reliability/reliability-functions, instance distribution across zones).
   */
  readyInstancesAGroup: 2,
  dollarsPerMillionExecutions: 0.4,
  gigabytesAnInstance: 2,
  minimumSecondsAnExecution: 1,
  /** The usual quota of a subscription in a region. An instance of 2 GB has one core. */
  quotaOfCores: 250,
  dollarsAPrivateEndpointHour: 0.01,
  /** A log alert that is evaluated every five minutes. */
  dollarsALogAlertAMonth: 1.5,
  dollarsAMetricAlertAMonth: 0.1,
  dollarsAnAvailabilityTestRun: 0.0006,
  /** Application Insights and Log Analytics, by ingested volume. */
  dollarsPerTelemetryGigabyte: 2.3,
} as const;

/** The settings of the production stage; each can be raised there. */
export const SETTINGS = {
  maximumRequestUnitsASecond: 10_000,
  maximumInstances: 100,
  alwaysReadyInstances: 2,
  /** Requests that an instance answers at once. */
  requestsAtOnce: 100,
  /** What scales together: all HTTP functions, and each timer and queue by itself. */
  scaleGroups: 8,
  privateEndpoints: 5,
  logAlerts: 23,
  metricAlerts: 8,
  /** Five places, every five minutes. */
  availabilityTestsAnHour: 60,
} as const;

/**
 * The load that the code puts on the platform. tests/world/infra/capacity counts the operations. Milliseconds are processor
 * time: `npm run bench` measures a request, an event and a signal; the others are estimates, a database call from the
 * client's cost of a local one. Request units are estimates until there is a bill.
 */
export const COSTS = {
  readsASignal: 1,
  writesAnEvent: 1,
  /** The emptied outbox, and the publication that was read before. */
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
  /** Headers and properties of a message. */
  bytesAMessage: 300,
  bytesADevice: 2048,
  /** Each execution is a record, up to `recordsAnInstanceSecond`, the limit in `host.json`. */
  bytesARecord: 1000,
  /** Of Service Bus, the vault and writes to storage: mostly leases of the host. An estimate. */
  logsOfServicesAnInstanceSecond: 0.1,
  recordsAnInstanceSecond: 20,
  /** Planned maximum use of a processor. */
  utilization: 0.6,
  /** Load of the busiest hour, relative to the average. */
  peak: 2,
} as const;

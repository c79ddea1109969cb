import { toFunctionsDollars, toRestDollars, toTelemetryDollars } from './dollars.ts';
import { COSTS, PLATFORM, SETTINGS } from './inputs.ts';
import type { Load } from './load.ts';
import { instancesFor, toRates } from './rates.ts';

/** A limited resource, and the number of devices that exhausts it. */
export interface Limit {
  readonly what: string;
  readonly devices: number;
}

export interface Capacity {
  readonly devices: number;
  readonly signalsASecond: number;
  /** Of the busiest hour. */
  readonly requestUnitsASecond: number;
  readonly partitions: number;
  readonly messagingUnits: number;
  readonly instances: number;
  readonly dollarsAMonth: {
    readonly database: number;
    readonly queue: number;
    readonly functions: number;
    readonly telemetry: number;
    /** Private endpoints, alerts, and the test from outside. */
    readonly rest: number;
    readonly total: number;
  };
  /** The first setting of the deployment that the fleet exhausts. */
  readonly firstSetting: Limit;
  /** The first limit of the platform that the fleet exhausts. */
  readonly firstLimit: Limit;
}

/** Computes what a fleet needs and costs. Rates are averages; resources suffice for the busiest hour. */
export function toCapacity(load: Load): Capacity {
  const rates = toRates(load);
  const units = rates.reads * COSTS.requestUnitsARead + rates.writes * COSTS.requestUnitsAWrite;
  const gigabytes = (load.devices * COSTS.bytesADevice) / 1e9;
  const requestUnitsASecond = Math.ceil((COSTS.peak * units) / 100) * 100;
  const messagingUnits = toMessagingUnits(rates.bytes);
  const instances = Math.ceil(instancesFor(rates));
  const hours = PLATFORM.secondsAMonth / 3600;
  const billedUnits = Math.max(
    units,
    PLATFORM.leastShareOfThroughput *
      Math.max(SETTINGS.maximumRequestUnitsASecond, requestUnitsASecond),
  );
  const dollars = {
    database:
      (billedUnits / 100) * PLATFORM.dollarsPer100RequestUnitsAnHour * hours +
      gigabytes * PLATFORM.dollarsPerGigabyteAMonth,
    queue: messagingUnits * PLATFORM.dollarsAnUnitHour * hours,
    functions: toFunctionsDollars(rates),
    telemetry: toTelemetryDollars(rates),
    rest: toRestDollars(),
  };
  const total = Object.values(dollars).reduce((sum, each) => sum + each, 0);
  return {
    devices: load.devices,
    signalsASecond: rates.signals,
    requestUnitsASecond,
    partitions: Math.max(
      Math.ceil(requestUnitsASecond / PLATFORM.requestUnitsAPartition),
      Math.ceil(gigabytes / PLATFORM.gigabytesAPartition),
    ),
    messagingUnits,
    instances,
    dollarsAMonth: { ...dollars, total },
    firstSetting: first(load, [
      ['RU/s', SETTINGS.maximumRequestUnitsASecond, COSTS.peak * units],
      ['instances', SETTINGS.maximumInstances, instancesFor(rates), rates.waiting],
    ]),
    firstLimit: first(load, [
      [
        'cores, the usual quota of a region',
        PLATFORM.quotaOfCores,
        instancesFor(rates),
        rates.waiting,
      ],
      [
        'messaging units of a namespace',
        Math.max(...PLATFORM.unitSizes),
        (COSTS.peak * rates.bytes) / PLATFORM.bytesAnUnitSecond,
      ],
    ]),
  };
}

/** The limit that is reached first. Beside a constant part, all use grows linearly with the fleet. */
function first(
  { devices }: Load,
  limits: readonly (readonly [what: string, limit: number, used: number, constant?: number])[],
): Limit {
  return limits
    .map(([what, limit, used, constant = 0]) => ({
      what: `${limit.toLocaleString('en-US')} ${what}`,
      devices: (devices * (limit - constant)) / (used - constant),
    }))
    .reduce((a, b) => (b.devices < a.devices ? b : a));
}

function toMessagingUnits(bytesASecond: number): number {
  const wanted = (COSTS.peak * bytesASecond) / PLATFORM.bytesAnUnitSecond;
  const largest = Math.max(...PLATFORM.unitSizes);
  // Beyond the largest size, several namespaces.
  return PLATFORM.unitSizes.find((size) => size >= wanted) ?? Math.ceil(wanted / largest) * largest;
}

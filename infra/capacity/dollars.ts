import { COSTS, PLATFORM, SETTINGS } from './inputs.ts';
import { workingInstances, type Rates } from './rates.ts';

/** Instances that are ready without any work. */
const READY_INSTANCES =
  Math.max(SETTINGS.alwaysReadyInstances, PLATFORM.readyInstancesAGroup) +
  (SETTINGS.scaleGroups - 1) * PLATFORM.readyInstancesAGroup;

/** Records a second. An instance records executions up to a limit; at least the instances for HTTP do. */
function recordsOf(rates: Rates): number {
  const working = workingInstances(rates);
  const recording = Math.max(SETTINGS.alwaysReadyInstances, working);
  return (
    Math.min(rates.executions, recording * COSTS.recordsAnInstanceSecond) +
    Math.max(READY_INSTANCES, working) * COSTS.logsOfServicesAnInstanceSecond
  );
}

/** A month of telemetry and logs. */
export function toTelemetryDollars(rates: Rates): number {
  const gigabytes = (recordsOf(rates) * COSTS.bytesARecord * PLATFORM.secondsAMonth) / 1e9;
  return gigabytes * PLATFORM.dollarsPerTelemetryGigabyte;
}

/**
 * An instance is billed while it executes, at least one second for each execution, so a waiting receiver keeps one busy.
 * Ready instances are also billed for being ready.
 */
export function toFunctionsDollars(rates: Rates): number {
  const { executions, waiting } = rates;
  const work = workingInstances(rates);
  const least = Math.min(executions * PLATFORM.minimumSecondsAnExecution, Math.ceil(work));
  const gigabyteSeconds = PLATFORM.secondsAMonth * PLATFORM.gigabytesAnInstance;
  return (
    Math.max(work, least, Math.ceil(waiting)) *
      gigabyteSeconds *
      PLATFORM.dollarsPerGigabyteSecond +
    READY_INSTANCES * gigabyteSeconds * PLATFORM.dollarsPerReadyGigabyteSecond +
    ((executions * PLATFORM.secondsAMonth) / 1e6) * PLATFORM.dollarsPerMillionExecutions
  );
}

/** What costs the same for every fleet. */
export function toRestDollars(): number {
  const hours = PLATFORM.secondsAMonth / 3600;
  return (
    SETTINGS.privateEndpoints * PLATFORM.dollarsAPrivateEndpointHour * hours +
    SETTINGS.logAlerts * PLATFORM.dollarsALogAlertAMonth +
    SETTINGS.metricAlerts * PLATFORM.dollarsAMetricAlertAMonth +
    SETTINGS.availabilityTestsAnHour * PLATFORM.dollarsAnAvailabilityTestRun * hours
  );
}

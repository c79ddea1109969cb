import { latest, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { EvaluatedDevice } from '../../../core/decisions/readDevice.ts';
import { isCompliantOrInGrace } from '../../../domain/compliance/complianceState.ts';
import type { ComplianceEvaluation } from '../../../domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../../domain/devices/device.ts';
import type {
  ManagedDeviceProperties,
  PhysicalTelemetry,
} from '../../../domain/vocabulary/signal.ts';

/** Intune NAC and Cisco ISE: an enrolled device, before it gets the form of either. */
export interface NacDevice {
  readonly deviceId: string;
  /** Compliant, or still in its grace period. */
  readonly isCompliant: boolean;
  readonly evaluation: ComplianceEvaluation;
  /** Absent if the record cannot be read. */
  readonly properties?: ManagedDeviceProperties;
  readonly physical?: PhysicalTelemetry;
  /** When the device last reported or was enrolled. */
  readonly lastContactDateTime?: DateTime;
}

/** The device for a NAC answer; `undefined` if it is not enrolled. */
export function toNacDevice({ device, evaluation }: EvaluatedDevice): NacDevice | undefined {
  if (device === undefined || evaluation.properties === undefined) return undefined;
  const lastContactDateTime = lastContact(device);
  return {
    deviceId: device.deviceId,
    isCompliant: isCompliantOrInGrace(evaluation),
    evaluation,
    properties: evaluation.properties,
    ...defined({ physical: device.physical?.value, lastContactDateTime }),
  };
}

function lastContact({ lastSeenDateTime, enrolment }: Device): DateTime | undefined {
  return latest(lastSeenDateTime, enrolment?.observedDateTime);
}

import { latest, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import type { EvaluatedDevice, EvaluatedDevices } from '../../../core/decisions/readDevice.ts';
import { isCompliantOrInGrace } from '../../../domain/compliance/complianceState.ts';
import type { ComplianceEvaluation } from '../../../domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../../domain/devices/device.ts';
import type {
  ManagedDeviceProperties,
  PhysicalTelemetry,
} from '../../../domain/vocabulary/signal.ts';

/** Intune NAC and Cisco ISE: an enrolled device, before it gets the form of either. */
export interface NacDevice {
  /** Empty if the answer is about an identifier that too many devices have. */
  readonly deviceId: string;
  /** Compliant, or still in its grace period. */
  readonly isCompliant: boolean;
  readonly evaluation: ComplianceEvaluation;
  /** Absent if the record cannot be read. Only the requested identifier if too many devices have it. */
  readonly properties?: Partial<ManagedDeviceProperties>;
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

/**
 * One answer for all devices that a NAC may mean: the first one that is not compliant, because any of them may be the one
 * that asks. If too many devices have the identifier, the answer has only that identifier, and is not compliant.
 * `undefined` if no device is enrolled with it, or the record cannot be read.
 */
export function toWorstNacDevice(
  { identifiedBy, value }: AskedDevice,
  evaluated: EvaluatedDevices,
): NacDevice | undefined {
  const worst =
    evaluated.find(({ evaluation }) => !isCompliantOrInGrace(evaluation)) ?? evaluated[0];
  const { evaluation } = worst;
  return evaluation.reasons.some(({ code }) => code === 'identifierNotUnique')
    ? { deviceId: '', isCompliant: false, evaluation, properties: { [identifiedBy]: value } }
    : toNacDevice(worst);
}

function lastContact({ lastSeenDateTime, enrolment }: Device): DateTime | undefined {
  return latest(lastSeenDateTime, enrolment?.observedDateTime);
}
